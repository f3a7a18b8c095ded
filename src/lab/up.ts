import { existsSync, readFileSync } from 'node:fs';
import { inputError } from '../support/problem.js';
import { sha256 } from '../support/sha256.js';
import { raiseHostSettings } from './host-settings.js';
import { writeResolvConfs } from './hosts.js';
import { withLock } from './lock.js';
import { startMirror } from './mirror.js';
import { layCable, makeNetwork, requireClosedNetwork, requireOneCable, startDnsmasq } from './network.js';
import { consoleFile, driveFile } from './places.js';
import { findDriver } from './registry.js';
import { findLab, saveLab } from './state.js';
import type { Lab, LabMachine } from './types.js';

/** What `lab up` says of a machine that is on. */
export interface StartedMachine {
  readonly name: string;
  readonly ip: string;
  /** Of the attached image; equal to that of the file. Undefined for a machine without a drive. */
  readonly drive?: string | undefined;
  readonly console: string;
}

/**
 * Brings the lab up to what is asked for: its network, and the power of these machines in this order. What is there
 * already stays, so that a second run changes nothing, and a run after one that was killed finishes it.
 *
 * @throws InputError when a drive is missing, or a lab of another inventory runs.
 * @throws WorkError when the network is not closed, or a machine does not start.
 */
export async function bringUp(
  lab: Lab,
  machines: readonly LabMachine[],
  say: (text: string) => void,
): Promise<readonly StartedMachine[]> {
  requireDrives(lab, machines);
  return await withLock(lab.folder, async () => {
    requireSameLab(lab);
    saveLab(lab);
    const driver = findDriver(lab.driver);
    driver.fetch(lab, say);
    for (const line of raiseHostSettings(lab.cache)) say(line);
    makeNetwork(lab);
    writeResolvConfs(lab);
    requireClosedNetwork(lab.plan);
    await startDnsmasq(lab);
    await startMirror(lab);
    // Each is given its power in this order; none waits for another to be on.
    await Promise.all(machines.map((machine) => powerOn(lab, machine)));
    return machines.map((machine) => started(lab, machine));
  });
}

/** Switches one machine on, after making sure that its network is closed. */
export async function powerOn(lab: Lab, machine: LabMachine): Promise<void> {
  const driver = findDriver(lab.driver);
  if (driver.isOn(lab, machine)) return;
  driver.prepare(lab, machine);
  layCable(lab.plan, machine);
  requireClosedNetwork(lab.plan);
  requireOneCable(machine.namespace);
  await driver.start(lab, machine);
}

function started(lab: Lab, machine: LabMachine): StartedMachine {
  const drive = findDriver(lab.driver).drive(lab, machine);
  const { name, ip } = machine;
  return { name, ip, drive: drive?.sha256, console: consoleFile(lab, machine) };
}

/** Whether the attached image is, byte for byte, the file that lies in the machine's folder now. */
export function isCurrentDrive(lab: Lab, machine: LabMachine, attached: string): boolean {
  const file = driveFile(lab, machine);
  return existsSync(file) && sha256(readFileSync(file)) === attached;
}

function requireDrives(lab: Lab, machines: readonly LabMachine[]): void {
  const missing = machines.find((machine) => !existsSync(driveFile(lab, machine)));
  if (missing === undefined) return;
  throw inputError('no-drive', `there is no ${driveFile(lab, missing)}`, 'Run `ironkeel build` first');
}

function requireSameLab(lab: Lab): void {
  const running = findLab(lab.cache, lab.plan.clusterId);
  if (running === undefined) return;
  const shape = ({ plan, driver, provision }: Lab) => JSON.stringify([plan, driver, provision]);
  if (shape(running) === shape(lab) && running.clusterFolder === lab.clusterFolder) return;
  throw inputError(
    'lab-differs',
    'a lab of this cluster runs with other machines, addresses or options',
    'Run `ironkeel lab down` first',
  );
}
