import { join } from 'node:path';
import { listNames } from './atomic-file.js';

/** The folder below a node folder that its drive holds. */
export const DRIVE_FOLDER = 'cloud-config';

const PREFIX = 'node-';

/** The folder of a machine, relative to the cluster's. */
export function nodeFolder(machine: string): string {
  return `inventory/${PREFIX}${machine}`;
}

/** Folders of machines that are in the inventory no longer, relative to the cluster's folder. */
export function staleFolders(folder: string, machines: ReadonlySet<string>): string[] {
  return listNames(join(folder, 'inventory'))
    .filter((name) => name.startsWith(PREFIX) && !machines.has(name.slice(PREFIX.length)))
    .map((name) => `inventory/${name}`);
}
