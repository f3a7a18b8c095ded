import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from './types.js';

/** Below the user's cache: what labs share, and a folder for each that runs. */
export function cacheFolder(home: string, xdgCacheHome: string | undefined): string {
  return join(xdgCacheHome || join(home, '.cache'), 'ironkeel', 'lab');
}

/** The folder of all running labs. */
export function runFolder(cache: string): string {
  return join(cache, 'run');
}

/** The folder of a cluster's lab. */
export function labFolder(cache: string, clusterId: string): string {
  return join(runFolder(cache), clusterId);
}

/** All of one machine: its disk, its console, its records. */
export function machineFolder({ folder }: Pick<Lab, 'folder'>, { name }: { readonly name: string }): string {
  return join(folder, 'machines', name);
}

/** What the machine wrote to its console since it was made. */
export function consoleFile(lab: Pick<Lab, 'folder'>, machine: { readonly name: string }): string {
  return join(machineFolder(lab, machine), 'console.log');
}

/** Where `build` left a machine's documents. */
export function nodeFolder({ clusterFolder }: Pick<Lab, 'clusterFolder'>, { name }: { readonly name: string }): string {
  return join(clusterFolder, 'inventory', `node-${name}`);
}

/** The image of the machine's drive, as `build` wrote it. */
export function driveFile(lab: Pick<Lab, 'clusterFolder'>, machine: { readonly name: string }): string {
  return join(nodeFolder(lab, machine), 'config.iso');
}

/** A shell program that lies beside this module, in `src/lab/` and in what is built of it. */
export function asset(name: string): string {
  return fileURLToPath(new URL(`assets/${name}`, import.meta.url));
}
