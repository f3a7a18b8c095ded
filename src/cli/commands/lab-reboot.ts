import { command } from '../command.js';
import { type LabMachinesFlags, labMachinesFlags, labMachinesPositional } from './lab-machines.js';

export const labReboot = command<LabMachinesFlags, string[]>({
  brief: 'Reboot machines of the lab, each by its own systemd',
  description:
    'Asks the machines to reboot and returns; they shut down in order first. The drive is read anew: a config.iso that `build` has replaced is the one attached at the next boot.',
  usage: 'MACHINE…|--all',
  examples: [['ironkeel lab reboot worker1', 'one machine']],
  flags: labMachinesFlags,
  positional: labMachinesPositional,
  load: () => import('../actions/lab-reboot.js'),
});
