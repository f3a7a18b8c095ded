import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { sha256 } from '../support/sha256.js';
import { makeFolder, removeLeftovers, writeFileAtomically } from './atomic-file.js';
import { type FileStatus, statusOf } from './output-index.js';
import { statusAt } from './read-disk.js';

/** What is to be done about one file, as a plain value that can be given to another thread. */
export interface DiskJob {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  /** Written when given; otherwise only the mode is set, where `setMode` says so. */
  readonly content?: Uint8Array | undefined;
  readonly setMode: boolean;
  /** The first job in its folder makes the folder; `tidy` also removes there what a crash left. */
  readonly visit?: { readonly tidy: boolean } | undefined;
  /** Whose SHA-256 the result is to have. */
  readonly hash?: Uint8Array | undefined;
}

export interface DiskResult {
  /** Undefined when nothing is there. */
  readonly status: FileStatus | undefined;
  readonly hash: string | undefined;
}

/**
 * Does one job, from its folder to the file's new status.
 * @throws WorkError when the disk refuses; the file's old content is untouched.
 */
export function doDiskJob({ path, mode, content, setMode, visit, hash }: DiskJob): DiskResult {
  if (visit !== undefined) {
    const fresh = makeFolder(dirname(path), 0o700);
    if (visit.tidy && !fresh) removeLeftovers(dirname(path));
  }
  if (content !== undefined) writeFileAtomically(path, content, mode);
  else if (setMode) chmodSync(path, mode);
  const stats = statusAt(path);
  return {
    status: stats === undefined ? undefined : statusOf(stats),
    hash: hash === undefined ? undefined : sha256(hash),
  };
}
