import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execFolder } from './exec.js';
import { restoreHostSettings } from './host-settings.js';
import { withLock } from './lock.js';
import { removeNetwork } from './network.js';
import { endTree } from './processes.js';
import { findDriver } from './registry.js';
import { findLabs } from './state.js';
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
    rmSync(lab.folder, { recursive: true, force: true });
    return findLabs(lab.cache).length === 0 ? restoreHostSettings(lab.cache) : [];
  });
}

function records(lab: Lab): string[] {
  const running = existsSync(execFolder(lab)) ? readdirSync(execFolder(lab)) : [];
  const commands = running.map((name) => join(execFolder(lab), name));
  return [...commands, join(lab.folder, 'dnsmasq.pid'), join(lab.folder, 'mirror.pid')];
}
