/** The members of a ustar archive: one header of 512 bytes each, then the content, filled up to whole blocks. */
import { inputError } from '../../support/problem.js';

export const BLOCK = 512;
export const REGULAR_FILE = '0';
export const SYMBOLIC_LINK = '2';
export const DIRECTORY = '5';
export const MAX_SIZE = 0o77777777777;
const PAX_HEADER = 'x';
const MAX_ID = 0o7777777;
const NAME = { offset: 0, length: 100 };
const LINK = { offset: 157, length: 100 };
const PREFIX = { offset: 345, length: 155 };

export interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly type: string;
  /** Where a symbolic link leads: at most 100 bytes. */
  readonly link?: string | undefined;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
}

/** @throws InputError when a number does not fit into the header. */
export function checkId(path: string, id: number): number {
  if (Number.isInteger(id) && id >= 0 && id <= MAX_ID) return id;
  const remedy = `use a number from 0 to ${MAX_ID}`;
  throw inputError('bad-owner', `${JSON.stringify(path)} has the owner or group ${id}`, remedy, String(id));
}

/** @throws InputError when the target of a link does not fit into the header. */
export function checkLink(path: string, target: string): string {
  if (/^[\x21-\x7e]+$/.test(target) && target.length <= LINK.length) return target;
  const remedy = `use a target of 1 to ${LINK.length} printable ASCII characters`;
  throw inputError('bad-link', `${JSON.stringify(path)} links to ${JSON.stringify(target)}`, remedy, target);
}

/** Where a path goes: name alone, name and prefix, or a pax record with a shortened name for old readers. */
export function planPath(path: string): { name: string; prefix: string; pax: Buffer | undefined } {
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

/** Bytes that a pax record takes with its header; none takes none. */
export function paxLength(pax: Buffer | undefined): number {
  return pax === undefined ? 0 : BLOCK + padded(pax.length);
}

/** @returns where the member begins that the record is about */
export function writePax(archive: Buffer, at: number, pax: Buffer | undefined, seconds: number): number {
  if (pax === undefined) return at;
  const owner = { mode: 0o644, uid: 0, gid: 0 };
  return writeMember(
    archive,
    at,
    { name: 'PaxHeader', prefix: '', type: PAX_HEADER, ...owner, size: pax.length, seconds },
    pax,
  );
}

/** @returns where the next member begins */
export function writeMember(archive: Buffer, at: number, header: Header, content: Uint8Array): number {
  archive.set(content, at + BLOCK);
  return writeHeader(archive, at, header);
}

/**
 * The header alone, for content that is written to its place, one block further on, by itself.
 * @returns where the next member begins
 */
export function writeHeader(archive: Buffer, at: number, header: Header): number {
  archive.write(header.name, at + NAME.offset, 'latin1');
  writeOctal(archive, header.mode, at + 100, 8);
  writeOctal(archive, header.uid, at + 108, 8);
  writeOctal(archive, header.gid, at + 116, 8);
  writeOctal(archive, header.size, at + 124, 12);
  writeOctal(archive, Math.min(header.seconds, MAX_SIZE), at + 136, 12);
  archive.write(header.type, at + 156, 'latin1');
  archive.write(header.link ?? '', at + LINK.offset, 'latin1');
  archive.write('ustar\x0000', at + 257, 'latin1');
  archive.write(header.prefix, at + PREFIX.offset, 'latin1');
  writeChecksum(archive, at);
  return at + BLOCK + padded(header.size);
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

/** Bytes that a content takes, filled up to whole blocks. */
export function padded(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
