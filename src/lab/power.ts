import { rmSync } from 'node:fs';
import { inputError } from '../support/problem.js';
import { ask } from './exec.js';
import { withLock } from './lock.js';
import { machineFolder } from './places.js';
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

/**
 * Switches machines on; those that are on stay so.
 *
 * @param wiped gives them empty disks first, as after a replaced disk.
 * @throws InputError when one that is to be wiped is on; nothing was changed.
 */
export async function givePower(lab: Lab, machines: readonly LabMachine[], wiped = false): Promise<void> {
  const driver = findDriver(lab.driver);
  await withLock(lab.folder, async () => {
    if (wiped) {
      refuseRunning(machines.filter((machine) => driver.isOn(lab, machine)));
      for (const machine of machines) {
        await driver.remove(lab, machine);
        rmSync(machineFolder(lab, machine), { recursive: true, force: true });
      }
    }
    await Promise.all(machines.map((machine) => powerOn(lab, machine)));
  });
}

function refuseRunning([running]: readonly LabMachine[]): void {
  if (running === undefined) return;
  const remedy = `Run \`ironkeel lab power-cut --off ${running.name}\` first`;
  throw inputError('lab-machine-on', `${running.name} is on, so its disk is not wiped`, remedy);
}

/** Asks machines to reboot, as `systemctl reboot` does; the shutdown goes on after this returns. @throws WorkError when one is off. */
export function reboot(lab: Lab, machines: readonly LabMachine[]): void {
  // One that is off is said before any other is asked.
  for (const { name } of machines) ask(lab, name, ['true']);
  for (const { name } of machines) ask(lab, name, ['systemctl', 'reboot']);
}
