import { cutPower } from '../../lab/index.js';
import type { LabPowerCutFlags } from '../commands/lab-power-cut.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { chosenMachines, runningLab } from './lab.js';

/** Takes the power away, and gives it back. */
export default async function labPowerCut(
  context: CliContext,
  flags: LabPowerCutFlags & GlobalFlags,
  ...names: string[]
): Promise<void> {
  const lab = runningLab(context, flags);
  const machines = chosenMachines(lab, names, flags.all);
  await cutPower(lab, machines, flags.off);
  const list = machines.map(({ name }) => name);
  context.out.line(`${flags.off ? 'off' : 'cut, and on again'}: ${list.join(', ')}`);
  context.out.result({ machines: list, power: flags.off ? 'off' : 'on' });
}
