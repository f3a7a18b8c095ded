import { reboot } from '../../lab/index.js';
import type { LabMachinesFlags } from '../commands/lab-machines.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { chosenMachines, runningLab } from './lab.js';

/** Asks machines to reboot. */
export default function labReboot(
  context: CliContext,
  flags: LabMachinesFlags & GlobalFlags,
  ...names: string[]
): void {
  const lab = runningLab(context, flags);
  const machines = chosenMachines(lab, names, flags.all);
  reboot(lab, machines);
  context.out.line(`rebooting: ${machines.map(({ name }) => name).join(', ')}`);
  context.out.result({ machines: machines.map(({ name }) => name) });
}
