import type { Instant } from '../support/clock.js';
import type { Problem } from '../support/problem.js';
import { buildTree, type Node, pathProblem } from './tree.js';
import {
  BLOCK,
  checkId,
  MAX_SIZE,
  padded,
  paxLength,
  planPath,
  REGULAR_FILE,
  writeMember,
  writePax,
} from './ustar/member.js';

/** A file of an archive. Owner and group are numbers, 0 (root) when not given. */
export interface TarEntry {
  /** Relative, `/` is the separator. */
  readonly path: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly content: Uint8Array;
}

/** How old the files of an archive look. */
export interface TarOptions {
  /** 1970 when not given, for the same input gives the same bytes. */
  readonly modified?: Instant | undefined;
}

/**
 * A POSIX ustar archive of files, in the order given, without directory entries. A path that ustar cannot hold
 * (longer than a 155-byte prefix and a 100-byte name, or not ASCII) gets a pax header before it.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 * @returns the archive with its two final zero blocks, a multiple of 512 bytes
 * @throws InputError naming each unsafe, duplicate or contradicting path, or an owner beyond 2097151
 */
export function tarArchive(entries: readonly TarEntry[], options: TarOptions = {}): Uint8Array {
  buildTree(entries, checkSize);
  const seconds = Math.max(0, Math.floor((options.modified ?? 0) / 1000));
  const plans = entries.map((entry) => ({ entry, ...planPath(entry.path) }));
  const bytes = plans.reduce((sum, { entry, pax }) => sum + paxLength(pax) + BLOCK + padded(entry.content.length), 0);
  const archive = Buffer.alloc(bytes + 2 * BLOCK);
  let at = 0;
  for (const { entry, name, prefix, pax } of plans) {
    at = writePax(archive, at, pax, seconds);
    const { mode, content, path } = entry;
    const [uid, gid] = [checkId(path, entry.uid ?? 0), checkId(path, entry.gid ?? 0)];
    const header = { name, prefix, type: REGULAR_FILE, mode: mode & 0o7777, uid, gid, size: content.length, seconds };
    at = writeMember(archive, at, header, content);
  }
  return archive;
}

function checkSize(node: Node): Problem | undefined {
  if (node.kind === 'directory' || node.entry.content.length <= MAX_SIZE) return undefined;
  return pathProblem('file-too-large', node.path, 'has 8 GiB or more', 'fetch it at run time instead');
}
