import { command } from '../command.js';
import { proposeMachines } from '../propose.js';

export const machineRemove = command<Record<never, never>, [string]>({
  brief: 'Remove a machine from cluster.yaml',
  description:
    'Takes the machine out of cluster.yaml. Its folder below inventory/ stays, since it holds keys: delete it when the machine is gone.',
  usage: 'NAME',
  examples: [['ironkeel machine remove worker2', 'take worker2 out of the inventory']],
  flags: {},
  positional: {
    kind: 'tuple',
    parameters: [
      { parse: String, placeholder: 'NAME', brief: 'Name of the machine', proposeCompletions: proposeMachines },
    ],
  },
  load: () => import('../actions/machine-remove.js'),
});
