import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolder } from '../../delivery/index.js';
import type { PreviousGeneration } from '../../plan/index.js';
import { type Lock, parseLock } from '../../releases/lock.js';
import { inputError } from '../../support/problem.js';

/** Where the lock is, relative to the cluster's folder. */
export const LOCK_PATH = 'ironkeel.lock';

export interface History {
  readonly clusterId?: string | undefined;
  /** By machine. */
  readonly generations: ReadonlyMap<string, PreviousGeneration>;
}

/**
 * The last generation of each machine: from `ironkeel.lock`, from the copy of it that the last build kept (it may
 * have been deleted, damaged, or taken back to an older one), and for machines in neither from their own
 * `meta_data.json`. The highest counts, since machines never go below the one they applied.
 *
 * @throws InputError when the lock is damaged and nothing else knows.
 */
export function readHistory(folder: string, copy: string | undefined, machines: readonly string[]): History {
  const locks = [copyOf(copy), lockOf(folder, copy)].filter((lock) => lock !== undefined);
  const generations = new Map<string, PreviousGeneration>();
  for (const lock of locks) {
    for (const [name, locked] of Object.entries(lock.machines)) {
      if (locked.generation >= (generations.get(name)?.generation ?? 0)) generations.set(name, locked);
    }
  }
  for (const name of machines) {
    const rendered = generations.has(name) ? undefined : renderedGeneration(folder, name);
    if (rendered !== undefined) generations.set(name, rendered);
  }
  return { generations, clusterId: locks.at(-1)?.clusterId };
}

/**
 * Refuses a folder whose lock is of another cluster than its secrets.
 *
 * @throws InputError
 */
export function refuseForeignLock(history: History, clusterId: string): void {
  if (history.clusterId === undefined || history.clusterId === clusterId) return;
  throw inputError(
    'foreign-lock',
    `${LOCK_PATH} belongs to another cluster than the secrets`,
    `Restore the ${LOCK_PATH} and the secrets that belong together, or move ${LOCK_PATH} and inventory/ away to begin a new cluster`,
  );
}

function copyOf(copy: string | undefined): Lock | undefined {
  try {
    return copy === undefined ? undefined : parseLock(copy);
  } catch {
    return undefined;
  }
}

function lockOf(folder: string, copy: string | undefined): Lock | undefined {
  const text = read(join(folder, LOCK_PATH));
  if (text === undefined) return undefined;
  try {
    return parseLock(text);
  } catch (error) {
    // With a copy the damage is repaired like that of any other output.
    if (copyOf(copy) !== undefined) return undefined;
    throw error;
  }
}

/** What a machine's drive says about itself. */
function renderedGeneration(folder: string, machine: string): PreviousGeneration | undefined {
  const text = read(join(folder, nodeFolder(machine), 'cloud-config/openstack/latest/meta_data.json'));
  try {
    const { meta } = JSON.parse(text ?? '{}') as { meta?: Record<string, string> };
    const generation = Number(meta?.['ironkeel-generation']);
    const digest = meta?.['ironkeel-digest'];
    return Number.isSafeInteger(generation) && generation >= 1 && digest !== undefined
      ? { generation, digest }
      : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
