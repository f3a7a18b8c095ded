import { command } from '../command.js';

export const labStatus = command<Record<never, never>, []>({
  brief: 'Show which machines of the lab are on',
  description:
    'Shows power, the state of the operating system, the applied generation and the SHA-256 of the attached drive. The state of the cluster is for `ironkeel status`. Exit code 1 when a machine is off, 2 when there is no lab.',
  usage: '[--output json]',
  examples: [['ironkeel lab status', 'as a table']],
  flags: {},
  load: () => import('../actions/lab-status.js'),
});
