import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WorkError } from '../support/problem.js';

/**
 * Writes a file that only its owner may read: aside, to disk, then renamed over the old one. Synchronous, so
 * that no signal handler runs between the steps; what a kill leaves aside is removed by the next call.
 *
 * @throws WorkError when the disk refuses; the old file is untouched then.
 */
export function writePrivateFile(path: string, text: string): void {
  const target = followLink(path);
  const aside = join(dirname(target), `.${basename(target)}.new`);
  try {
    rmSync(aside, { force: true });
    writeToDisk(aside, text);
    renameSync(aside, target);
    syncFolder(dirname(target));
  } catch (error) {
    rmSync(aside, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new WorkError(
      `${path} could not be written (${code})`,
      'check the free space and the permissions of the folder',
    );
  }
}

/** Who keeps the file elsewhere, on an encrypted volume say, wants it to stay there. */
function followLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function writeToDisk(path: string, text: string): void {
  // Exclusive: following a link or reusing a file with a wider mode would expose the keys.
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The rename itself is on disk only once the folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
