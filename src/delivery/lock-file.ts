import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, parseLock, serialiseLock } from '../releases/lock.js';
import { WorkError } from '../support/problem.js';
import { writeFileAtomically } from './atomic-file.js';

/** Where the lock is, relative to the cluster's folder. */
export const LOCK_FILE = 'ironkeel.lock';

/**
 * The lock of a cluster's folder; undefined when nothing was built yet.
 *
 * @throws InputError when it is damaged.
 */
export function loadLock(folder: string): Lock | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, LOCK_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseLock(text, LOCK_FILE);
}

/** Writes the lock where it differs from what is there; says whether it did. */
export function saveLock(folder: string, lock: Lock): boolean {
  const text = serialiseLock(lock);
  const path = join(folder, LOCK_FILE);
  const before = loadLock(folder);
  if (before !== undefined && serialiseLock(before) === text) return false;
  writeFileAtomically(path, Buffer.from(text), 0o644, { durable: true });
  return true;
}

/**
 * Records that the cluster of this folder came up. From the next build on its members of etcd join what exists and
 * never begin anew.
 *
 * @param kubeSystemUid UID of the namespace `kube-system`, which tells this cluster from one begun later.
 * @param begunAnew whether it may take the place of another that was recorded.
 * @returns whether that was news.
 * @throws WorkError when nothing was built in the folder, and when another cluster was recorded before.
 */
export function recordBringUp(folder: string, kubeSystemUid: string, begunAnew = false): boolean {
  const lock = loadLock(folder);
  if (lock === undefined) throw new WorkError(`${folder} has no ${LOCK_FILE}`, 'Run `ironkeel build` first');
  const known = lock.bringUp?.kubeSystemUid;
  if (!begunAnew && known !== undefined && known !== kubeSystemUid) {
    throw new WorkError(
      `this is not the cluster you built: its kube-system is ${kubeSystemUid}, ${LOCK_FILE} knows ${known}`,
      'Find out which machines began a cluster anew, and restore etcd from a backup',
    );
  }
  return saveLock(folder, { ...lock, bringUp: { kubeSystemUid } });
}
