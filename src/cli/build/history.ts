import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolder } from '../../delivery/index.js';
import type { PreviousGeneration } from '../../plan/index.js';
import type { Bundle } from '../../releases/bundle.js';
import { type BringUp, type Lock, parseLock } from '../../releases/lock.js';
import { inputError } from '../../support/problem.js';

/** Where the lock is, relative to the cluster's folder. */
export const LOCK_PATH = 'ironkeel.lock';

/** What earlier commands decided, and this one has to respect. */
export interface History {
  readonly generations: ReadonlyMap<string, PreviousGeneration>;
  /** What `ironkeel bundle` pinned. */
  readonly bundle: Bundle | undefined;
  /** The cluster that came up. Once seen it is never forgotten: members of etcd must not begin anew. */
  readonly bringUp: BringUp | undefined;
}

/**
 * The last generation of each machine: from `ironkeel.lock`, from the copy of it that the last build kept (it may
 * have been deleted, damaged, or taken back to an older one), and for machines in neither from their own
 * `meta_data.json`. The highest counts, since machines never go below the one they applied; of equal ones the
 * copy's, which nobody edits.
 *
 * @param clusterId of the secrets.
 * @throws InputError when the lock is damaged or of another cluster, and there is no copy.
 */
export function readHistory(
  folder: string,
  clusterId: string,
  copyText: string | undefined,
  machines: readonly string[],
): History {
  const copy = copyOf(copyText, clusterId);
  const lock = lockOf(folder, clusterId, copy);
  const generations = new Map<string, PreviousGeneration>(Object.entries(copy?.machines ?? {}));
  for (const [name, locked] of Object.entries(lock?.machines ?? {})) {
    if (locked.generation > (generations.get(name)?.generation ?? 0)) generations.set(name, locked);
  }
  for (const name of machines) {
    const rendered = generations.has(name) ? undefined : renderedGeneration(folder, name);
    if (rendered !== undefined) generations.set(name, rendered);
  }
  return { generations, bundle: (lock ?? copy)?.bundle, bringUp: lock?.bringUp ?? copy?.bringUp };
}

function copyOf(text: string | undefined, clusterId: string): Lock | undefined {
  try {
    const copy = text === undefined ? undefined : parseLock(text);
    return copy?.clusterId === clusterId ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** With a copy, damage is repaired like that of any other output. */
function lockOf(folder: string, clusterId: string, copy: Lock | undefined): Lock | undefined {
  const text = read(join(folder, LOCK_PATH));
  if (text === undefined) return undefined;
  try {
    const lock = parseLock(text);
    if (lock.clusterId === clusterId) return lock;
    throw foreignLock();
  } catch (error) {
    if (copy !== undefined) return undefined;
    throw error;
  }
}

function foreignLock() {
  return inputError(
    'foreign-lock',
    `${LOCK_PATH} belongs to another cluster than the secrets`,
    `Restore the ${LOCK_PATH} and the secrets that belong together, or move ${LOCK_PATH} and inventory/ away to begin a new cluster`,
  );
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
