import { command } from '../command.js';
import { proposeMachines } from '../propose.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type BuildFlags = {
  readonly check: boolean;
  readonly force: boolean;
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
};

export const build = command<BuildFlags, string[]>({
  brief: SUMMARIES.build,
  description:
    'Checks cluster.yaml, then writes certificates, kubeconfig, and a folder with configuration and config drive for each machine. Only what differs is written, each file in one step; certificates are reused while they fit. A file you edited is kept and named; anything deleted or damaged is made again.',
  usage: '[MACHINE…] [--check] [--force]',
  examples: [
    ['ironkeel build', 'everything'],
    ['ironkeel build worker1 worker2', 'the folders of these machines only'],
    ['ironkeel build --check', 'write nothing, list what would change, exit 1 if anything would'],
    ['ironkeel build --force', 'replace files you edited, too'],
  ],
  flags: {
    check: { ...off, brief: 'Write nothing; exit 1 if anything would change' },
    force: { ...off, brief: 'Replace files that were edited, too' },
    passphraseFile: { ...optionalText, placeholder: 'FILE', brief: 'Passphrase of encrypted secrets' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'age identity that opens encrypted secrets' },
  },
  positional: {
    kind: 'array',
    parameter: {
      parse: String,
      placeholder: 'MACHINE',
      brief: 'Machines to write; all unless told',
      proposeCompletions: proposeMachines,
    },
  },
  load: () => import('../actions/build.js'),
});
