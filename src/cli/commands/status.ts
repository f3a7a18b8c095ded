import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type StatusFlags = {
  readonly watch: boolean;
  readonly identity?: string | undefined;
};

export const status = command<StatusFlags, []>({
  brief: SUMMARIES.status,
  description:
    'Asks every machine over SSH (the host keys are those of known_hosts, and no others) and the API, changes nothing, and says where each machine stands and what it waits for. Ends with 0 only when everything is Ready, else with 1.',
  usage: '[--watch] [--identity FILE]',
  examples: [
    ['ironkeel status', 'as a table'],
    ['ironkeel status --watch', 'a table that follows what happens, until Ctrl-C'],
    ['ironkeel status --output json', 'for monitoring'],
  ],
  flags: {
    watch: { ...off, brief: 'Go on until Ctrl-C; without a terminal, a line for each change' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'Private SSH key to log in with' },
  },
  load: () => import('../actions/status.js'),
});
