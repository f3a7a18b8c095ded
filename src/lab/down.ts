import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execFolder } from './exec.js';
import { restoreHostSettings } from './host-settings.js';
import { withLock } from './lock.js';
import { removeNetwork } from './network.js';
import { labFolder } from './places.js';
import { endTree } from './processes.js';
import { findDriver } from './registry.js';
import { findLab, findLabs, STATE_FILE } from './state.js';
import type { Lab } from './types.js';

/**
 * Removes all of a lab: processes, machines, namespaces, loop devices, control groups, folder. Every step is by what is
 * on disk, and the folder goes last, so that a run that was killed is finished by the next.
 */
export async function takeDown(lab: Lab): Promise<readonly string[]> {
  return await withLock(lab.folder, async () => {
    for (const record of records(lab)) endTree(record);
    const driver = findDriver(lab.driver);
    await Promise.all(lab.plan.machines.map((machine) => driver.remove(lab, machine)));
    removeNetwork(lab.plan);
    // Its state goes last: while that is there, the next run finds what this one left.
    for (const name of readdirSync(lab.folder).filter((each) => each !== STATE_FILE)) {
      rmSync(join(lab.folder, name), { recursive: true, force: true });
    }
    rmSync(lab.folder, { recursive: true, force: true });
    return findLabs(lab.cache).length === 0 ? restoreHostSettings(lab.cache) : [];
  });
}

/** Removes the folder of a lab that has no state: of one that was killed before it made anything. */
export async function removeRemains(cache: string, clusterId: string): Promise<void> {
  const folder = labFolder(cache, clusterId);
  if (!existsSync(folder) && !existsSync(`${folder}.lock`)) return;
  await withLock(folder, async () => {
    if (findLab(cache, clusterId) === undefined) rmSync(folder, { recursive: true, force: true });
  });
}

function records(lab: Lab): string[] {
  const running = existsSync(execFolder(lab)) ? readdirSync(execFolder(lab)) : [];
  const commands = running.map((name) => join(execFolder(lab), name));
  return [...commands, join(lab.folder, 'dnsmasq.pid'), join(lab.folder, 'mirror.pid')];
}
