import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WorkError } from '../support/problem.js';

const TEMPORARY = /^\.ironkeel-.*\.tmp$/;

export interface WriteOptions {
  /** Ask the disk to have it before the old file goes: for what cannot be made again. */
  readonly durable?: boolean;
}

/**
 * Writes a file aside, in the same folder, and renames it into place: whoever looks sees the old file or the
 * new one. The mode is exact, whatever the umask. Nothing else runs in between, so that a handled signal
 * leaves no temporary file; a leftover of a crash is removed by {@link removeLeftovers}.
 *
 * @throws WorkError when the disk is full or the path cannot be written; the old file is untouched.
 */
export function writeFileAtomically(path: string, content: Uint8Array, mode: number, options: WriteOptions = {}): void {
  const aside = join(dirname(path), `.ironkeel-${basename(path)}.tmp`);
  try {
    writeAside(aside, content, mode, options.durable ?? false);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw unwritable(path, error);
  }
}

function writeAside(path: string, content: Uint8Array, mode: number, durable: boolean): void {
  const file = openSync(path, 'w', 0o600);
  try {
    fchmodSync(file, mode);
    let written = 0;
    while (written < content.length) written += writeSync(file, content, written);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, then run the command again: it continues where it stopped'],
  EDQUOT: ['the disk quota is used up', 'Free some space, then run the command again: it continues where it stopped'],
  EACCES: ['permission denied', 'Give yourself write permission on the folder, or work in another one'],
  EPERM: ['not permitted', 'Give yourself write permission on the folder, or work in another one'],
  EROFS: ['the file system is read-only', 'Work in a folder that can be written'],
  EISDIR: ['a folder is in its place', 'Move that folder away, then run the command again'],
  ENOTEMPTY: ['a folder is in its place', 'Move that folder away, then run the command again'],
  ENOTDIR: ['a part of the path is a file', 'Move that file away, then run the command again'],
  EEXIST: ['a part of the path is a file', 'Move that file away, then run the command again'],
};

function unwritable(path: string, cause: unknown): unknown {
  const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? cause : new WorkError(`cannot write ${path}: ${reason[0]}`, reason[1], { cause });
}

/**
 * Makes a folder, and those above it where missing; says whether it did. What is new gets this mode exactly,
 * whatever the umask.
 */
export function makeFolder(path: string, mode: number): boolean {
  try {
    const first = mkdirSync(path, { recursive: true, mode });
    if (first === undefined) return false;
    for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, mode);
    return true;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Removes what a crash left of {@link writeFileAtomically} in this folder; gives the names. */
export function removeLeftovers(folder: string): string[] {
  const names = listNames(folder).filter((name) => TEMPORARY.test(name));
  for (const name of names) rmSync(join(folder, name), { force: true });
  return names;
}

/** The names in a folder, sorted; none when there is no such folder. */
export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
