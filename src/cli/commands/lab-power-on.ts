import { command } from '../command.js';
import { type LabMachinesFlags, labMachinesFlags, labMachinesPositional } from './lab-machines.js';

export type LabPowerOnFlags = LabMachinesFlags & {
  readonly wiped: boolean;
};

export const labPowerOn = command<LabPowerOnFlags, string[]>({
  brief: 'Switch on machines of the lab that are off',
  usage: '[--wiped] MACHINE…|--all',
  examples: [
    ['ironkeel lab power-on worker1', 'one machine'],
    ['ironkeel lab power-on --wiped controller', 'with an empty disk in the place of its own'],
  ],
  flags: {
    ...labMachinesFlags,
    wiped: { kind: 'boolean', brief: 'With empty disks', default: false },
  },
  positional: labMachinesPositional,
  load: () => import('../actions/lab-power-on.js'),
});
