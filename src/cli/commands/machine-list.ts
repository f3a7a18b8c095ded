import { command } from '../command.js';

export const machineList = command<Record<never, never>, []>({
  brief: 'List the machines of cluster.yaml',
  usage: '[--output json]',
  examples: [
    ['ironkeel machine list', 'as a table'],
    ['ironkeel machine list --output json', 'for scripts'],
  ],
  flags: {},
  load: () => import('../actions/machine-list.js'),
});
