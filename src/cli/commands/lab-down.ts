import { command } from '../command.js';
import { off } from './parameters.js';

export type LabDownFlags = { readonly all: boolean };

export const labDown = command<LabDownFlags, []>({
  brief: 'Remove the lab: machines, disks, network',
  description:
    'Leaves no process, mount, namespace, loop device, control group or folder behind, also after a crash of anything. Machine images stay in the cache.',
  usage: '[--all]',
  examples: [
    ['ironkeel lab down', 'the lab of this cluster'],
    ['ironkeel lab down --all', 'every lab of this user, whatever became of its folder'],
  ],
  flags: { all: { ...off, brief: 'Every lab of this user' } },
  load: () => import('../actions/lab-down.js'),
});
