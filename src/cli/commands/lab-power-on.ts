import { command } from '../command.js';
import { type LabMachinesFlags, labMachinesFlags, labMachinesPositional } from './lab-machines.js';

export const labPowerOn = command<LabMachinesFlags, string[]>({
  brief: 'Switch on machines of the lab that are off',
  usage: 'MACHINE…|--all',
  examples: [['ironkeel lab power-on worker1', 'one machine']],
  flags: labMachinesFlags,
  positional: labMachinesPositional,
  load: () => import('../actions/lab-power-on.js'),
});
