import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type KubeconfigFlags = {
  readonly merge: boolean;
  readonly file?: string | undefined;
  readonly force: boolean;
};

export const kubeconfig = command<KubeconfigFlags, []>({
  brief: SUMMARIES.kubeconfig,
  description:
    'Without flags says where the kubeconfig is. With --merge adds the cluster to the first file of KUBECONFIG, or ~/.kube/config, and makes it the current context; other contexts stay as they are and a backup is kept.',
  usage: '[--merge] [--file FILE]',
  examples: [
    ['ironkeel kubeconfig', 'how to use it in this shell'],
    ['ironkeel kubeconfig --merge', 'into ~/.kube/config'],
    ['ironkeel kubeconfig --merge --file ~/.kube/lab', 'into another file'],
  ],
  flags: {
    merge: { ...off, brief: 'Merge into your own kubeconfig' },
    file: { ...optionalText, placeholder: 'FILE', brief: 'The kubeconfig to merge into' },
    force: { ...off, brief: 'Replace entries of the same name that belong to another cluster' },
  },
  load: () => import('../actions/kubeconfig.js'),
});
