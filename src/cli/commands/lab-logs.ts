import { command } from '../command.js';
import { proposeMachines } from '../propose.js';
import { off, optionalText } from './parameters.js';

export type LabLogsFlags = {
  readonly console: boolean;
  readonly follow: boolean;
  readonly unit?: string | undefined;
};

export const labLogs = command<LabLogsFlags, [string]>({
  brief: 'Print the journal of a machine of the lab, or its console',
  description: 'Prints the journal since the last boot. Of a machine that is off it prints the console.',
  usage: 'MACHINE [--unit UNIT] [--follow] [--console]',
  examples: [
    ['ironkeel lab logs worker1 --unit ironkeel-install', 'one unit'],
    ['ironkeel lab logs worker1 --console', 'all boots, what came to the console'],
  ],
  flags: {
    console: { ...off, brief: 'The console instead of the journal' },
    follow: { ...off, brief: 'Go on with what comes' },
    unit: { ...optionalText, placeholder: 'UNIT', brief: 'Of this unit only' },
  },
  positional: {
    kind: 'tuple',
    parameters: [{ parse: String, placeholder: 'MACHINE', brief: 'The machine', proposeCompletions: proposeMachines }],
  },
  load: () => import('../actions/lab-logs.js'),
});
