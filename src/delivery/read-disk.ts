import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../support/problem.js';
import { sha256 } from '../support/sha256.js';
import { type IndexedFile, sameStatus, statusOf } from './output-index.js';
import type { DiskFile } from './plan-writes.js';

/** The status of a path itself, not of what a link points to; undefined when nothing is there. */
export function statusAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder of the path belongs; the write says so, with what to do.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * An output as it is on disk, undefined when it is not there.
 *
 * @throws WorkError when a folder is in its place.
 */
export function readDisk(folder: string, path: string, indexed: IndexedFile | undefined): DiskFile | undefined {
  const absolute = join(folder, path);
  const stats = statusAt(absolute);
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) {
    throw new WorkError(`${path} is a folder where a file belongs`, 'Move it away, then run the command again');
  }
  // A link is nothing we made, and a write replaces it rather than what it points to.
  if (!stats.isFile()) return { mode: 0, content: new Uint8Array(), ours: 'no' };
  const content = readFileSync(absolute);
  return { mode: stats.mode & 0o7777, content, ours: isOurs(stats, content, indexed) };
}

function isOurs(stats: Stats, content: Uint8Array, indexed: IndexedFile | undefined): DiskFile['ours'] {
  if (indexed === undefined) return 'unknown';
  if (indexed.kept !== true && sameStatus(statusOf(stats), indexed.status)) return 'yes';
  return indexed.written === sha256(content) ? 'yes' : 'no';
}
