import { command } from '../command.js';
import { type LabMachinesFlags, labMachinesFlags, labMachinesPositional } from './lab-machines.js';
import { off } from './parameters.js';

export type LabPowerCutFlags = LabMachinesFlags & { readonly off: boolean };

export const labPowerCut = command<LabPowerCutFlags, string[]>({
  brief: 'Pull the plug of machines of the lab, and put it back',
  description:
    'No process of the machines gets a word. With several machines, or --all, they lose their power together. What programs had written stays, as the host keeps running: this tests programs, not disks.',
  usage: 'MACHINE…|--all [--off]',
  examples: [
    ['ironkeel lab power-cut --all', 'the whole rack'],
    ['ironkeel lab power-cut worker1 --off', 'it stays off until `lab power-on`'],
  ],
  flags: { ...labMachinesFlags, off: { ...off, brief: 'Leave them off' } },
  positional: labMachinesPositional,
  load: () => import('../actions/lab-power-cut.js'),
});
