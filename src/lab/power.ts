import { ask } from './exec.js';
import { withLock } from './lock.js';
import { findDriver } from './registry.js';
import type { Lab, LabMachine } from './types.js';
import { powerOn } from './up.js';

/** Takes the power of machines away, all at once, and gives it back unless `off`. */
export async function cutPower(lab: Lab, machines: readonly LabMachine[], off: boolean): Promise<void> {
  const driver = findDriver(lab.driver);
  await withLock(lab.folder, async () => {
    await Promise.all(machines.map((machine) => driver.cut(lab, machine)));
    if (!off) await Promise.all(machines.map((machine) => powerOn(lab, machine)));
  });
}

/** Switches machines on; those that are on stay so. */
export async function givePower(lab: Lab, machines: readonly LabMachine[]): Promise<void> {
  await withLock(lab.folder, async () => {
    await Promise.all(machines.map((machine) => powerOn(lab, machine)));
  });
}

/** Asks machines to reboot, as `systemctl reboot` does; the shutdown goes on after this returns. @throws WorkError when one is off. */
export function reboot(lab: Lab, machines: readonly LabMachine[]): void {
  for (const { name } of machines) ask(lab, name, ['systemctl', 'reboot']);
}
