import type { Instant } from '../support/clock.js';
import { inputError, type Problem } from '../support/problem.js';
import { buildTree, type Node, pathProblem } from './tree.js';

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

const BLOCK = 512;
const NAME = { offset: 0, length: 100 };
const PREFIX = { offset: 345, length: 155 };
const REGULAR_FILE = '0';
const PAX_HEADER = 'x';
const MAX_ID = 0o7777777;
const MAX_SIZE = 0o77777777777;

interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
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

function checkId(path: string, id: number): number {
  if (Number.isInteger(id) && id >= 0 && id <= MAX_ID) return id;
  const remedy = `use a number from 0 to ${MAX_ID}`;
  throw inputError('bad-owner', `${JSON.stringify(path)} has the owner or group ${id}`, remedy, String(id));
}

/** Where a path goes: name alone, name and prefix, or a pax record with a shortened name for old readers. */
function planPath(path: string): { name: string; prefix: string; pax: Buffer | undefined } {
  if (/^[\x20-\x7e]*$/.test(path)) {
    if (path.length <= NAME.length) return { name: path, prefix: '', pax: undefined };
    // The name takes what it can, and the slash at the split is not written.
    const split = path.indexOf('/', path.length - NAME.length - 1);
    if (split > 0 && split <= PREFIX.length) {
      return { name: path.slice(split + 1), prefix: path.slice(0, split), pax: undefined };
    }
  }
  // One component, so that a cut can never make a ".." of it.
  const fallback = path.slice(path.lastIndexOf('/') + 1).replace(/[^\x20-\x7e]/gu, '_');
  return { name: fallback.slice(0, NAME.length), prefix: '', pax: paxRecord('path', path) };
}

/** A record counts its own length, in decimal digits that are part of it. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function paxLength(pax: Buffer | undefined): number {
  return pax === undefined ? 0 : BLOCK + padded(pax.length);
}

function writePax(archive: Buffer, at: number, pax: Buffer | undefined, seconds: number): number {
  if (pax === undefined) return at;
  const owner = { mode: 0o644, uid: 0, gid: 0 };
  return writeMember(
    archive,
    at,
    { name: 'PaxHeader', prefix: '', type: PAX_HEADER, ...owner, size: pax.length, seconds },
    pax,
  );
}

function writeMember(archive: Buffer, at: number, header: Header, content: Uint8Array): number {
  archive.write(header.name, at + NAME.offset, 'latin1');
  writeOctal(archive, header.mode, at + 100, 8);
  writeOctal(archive, header.uid, at + 108, 8);
  writeOctal(archive, header.gid, at + 116, 8);
  writeOctal(archive, header.size, at + 124, 12);
  writeOctal(archive, Math.min(header.seconds, MAX_SIZE), at + 136, 12);
  archive.write(header.type, at + 156, 'latin1');
  archive.write('ustar\x0000', at + 257, 'latin1');
  archive.write(header.prefix, at + PREFIX.offset, 'latin1');
  writeChecksum(archive, at);
  archive.set(content, at + BLOCK);
  return at + BLOCK + padded(content.length);
}

/** Zero-padded octal digits and a final NUL. */
function writeOctal(archive: Buffer, value: number, at: number, length: number): void {
  archive.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
}

/** The sum of the header's bytes, its own field counted as spaces. */
function writeChecksum(archive: Buffer, at: number): void {
  archive.fill(' ', at + 148, at + 156);
  let sum = 0;
  for (let offset = at; offset < at + BLOCK; offset++) sum += archive[offset] ?? 0;
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

function padded(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
