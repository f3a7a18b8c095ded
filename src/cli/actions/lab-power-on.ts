import { givePower } from '../../lab/index.js';
import type { LabPowerOnFlags } from '../commands/lab-power-on.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { chosenMachines, runningLab } from './lab.js';

/** Switches machines on. */
export default async function labPowerOn(
  context: CliContext,
  flags: LabPowerOnFlags & GlobalFlags,
  ...names: string[]
): Promise<void> {
  const lab = runningLab(context, flags);
  const machines = chosenMachines(lab, names, flags.all);
  await givePower(lab, machines, flags.wiped);
  const list = machines.map(({ name }) => name);
  context.out.line(`on: ${list.join(', ')}`);
  context.out.result({ machines: list, power: 'on' });
}
