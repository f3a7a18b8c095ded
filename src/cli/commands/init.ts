import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type InitFlags = {
  readonly example?: 'guide' | undefined;
  readonly name?: string | undefined;
  readonly machine?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly sshKey?: string | undefined;
  readonly yes: boolean;
};

export const init = command<InitFlags, [string?]>({
  brief: SUMMARIES.init,
  description:
    'Writes cluster.yaml, its JSON Schema for editors and a .gitignore, and makes your SSH public key available as id.pub. Asks on a terminal for what no flag gives. An existing cluster.yaml is never touched.',
  usage: '[DIR] [--example guide] [--name NAME] [--machine NAME=IP[:ROLE]]… [--ssh-key FILE]',
  examples: [
    ['ironkeel init --example guide', 'the four machines of the guide, in this folder'],
    ['ironkeel init lab --name lab --machine m1=10.0.0.1:controller --machine m2=10.0.0.2', 'a cluster of your own'],
    ['ironkeel init --ssh-key ~/.ssh/work.pub', 'with another SSH key'],
  ],
  flags: {
    example: { kind: 'enum', values: ['guide'], optional: true, brief: 'Begin with a ready-made inventory' },
    name: { ...optionalText, placeholder: 'NAME', brief: "The cluster's name; the folder's unless told" },
    machine: {
      ...optionalText,
      variadic: true,
      placeholder: 'NAME=IP[:ROLE]',
      brief: 'A machine; the first is a controller unless told otherwise. Again for each further one',
    },
    domain: { ...optionalText, placeholder: 'DOMAIN', brief: 'A domain the cluster serves' },
    sshKey: { ...optionalText, placeholder: 'FILE', brief: 'SSH public key that may log in to the machines' },
    yes: { ...off, brief: 'Ask nothing, take the defaults' },
  },
  positional: {
    kind: 'tuple',
    parameters: [{ parse: String, optional: true, placeholder: 'DIR', brief: 'Folder to begin in, made when missing' }],
  },
  load: () => import('../actions/init.js'),
});
