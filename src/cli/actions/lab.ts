import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheFolder,
  findLab,
  findMachine,
  type Lab,
  type LabMachine,
  requireHost,
  systemPath,
} from '../../lab/index.js';
import { parseLock } from '../../releases/lock.js';
import { inputError } from '../../support/problem.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';

/** Where labs are kept for the user. */
export function labCache({ home, env }: CliContext): string {
  return cacheFolder(home, env.XDG_CACHE_HOME);
}

/** Refuses a host on which the lab cannot be, and has the system's programs found on every other. */
export function labHost({ env }: CliContext): void {
  requireHost(process.platform, process.getuid?.());
  process.env.PATH = systemPath(env.PATH ?? '');
}

/** The id of the cluster in the folder. @throws InputError when nothing was built there. */
export function clusterId(context: CliContext, flags: GlobalFlags, remedy = 'Run `ironkeel build` first'): string {
  const file = join(clusterPaths(context, flags).folder, 'ironkeel.lock');
  if (existsSync(file)) return parseLock(readFileSync(file, 'utf8'), file).clusterId;
  throw inputError('not-built', `there is no ${file}`, remedy);
}

/**
 * The lab of the cluster in the folder, after making sure that this process may work on it.
 * @throws InputError when there is none.
 */
export function runningLab(context: CliContext, flags: GlobalFlags): Lab {
  labHost(context);
  const lab = findLab(labCache(context), clusterId(context, flags));
  if (lab !== undefined) return lab;
  throw inputError('no-lab', 'there is no lab of this cluster', 'Run `ironkeel lab up` first');
}

/** The machines a command line means. @throws InputError for names and `--all` together, or neither. */
export function chosenMachines(lab: Lab, names: readonly string[], all: boolean): readonly LabMachine[] {
  if (all === names.length > 0) {
    throw inputError('which-machines', 'name machines, or say --all', 'For instance `ironkeel lab reboot worker1`');
  }
  return all ? lab.plan.machines : [...new Set(names)].map((name) => findMachine(lab, name));
}
