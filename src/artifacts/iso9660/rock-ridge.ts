import { type Directory, type Node, pathProblem, type TreeFile } from '../tree.js';
import { shortDate } from './dates.js';
import { SECTOR, withinSector, writeBoth32 } from './numbers.js';

/**
 * The kernels that machines boot today cut a Rock Ridge name of more bytes than this (get_rock_ridge_filename in
 * fs/isofs/rock.c); only the newest take the 255 of other file systems.
 */
export const MAX_NAME_BYTES = 253;

const SP = 7;
const PX = 36;
const TF = 12;
const CE = 28;
const NM = 5;
const MAX_ENTRY = 255;

const DIRECTORY_TYPE = 0o040000;
const FILE_TYPE = 0o100000;
const NAME_CONTINUES = 1;
const TIME_OF_MODIFICATION = 2;

/** The registration of Rock Ridge 1.09 (RRIP 4.3), in the words that it prescribes. */
const EXTENSION = [
  'RRIP_1991A',
  'THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS',
  'PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.',
] as const;

/** Which of the records of a directory is described: itself, its parent, the root itself, or a child. */
export type Role = 'root' | 'self' | 'parent' | 'child';

/** Bytes of Rock Ridge data inside a directory record, and bytes that move to the continuation area. */
export interface SystemUseSize {
  readonly inline: number;
  readonly continued: number;
}

/** How much Rock Ridge data a record carries when it has `room` bytes for it. */
export function systemUseSize(role: Role, nameBytes: number, room: number): SystemUseSize {
  if (role === 'root') return { inline: SP + PX + TF + CE, continued: extensionLength() };
  if (role !== 'child') return { inline: PX + TF, continued: 0 };
  const inline = PX + TF + NM + nameBytes;
  if (inline <= room) return { inline, continued: 0 };
  return { inline: PX + TF + CE, continued: nameBytes + NM * Math.ceil(nameBytes / (MAX_ENTRY - NM)) };
}

/** Hands out places for continued data; each lies within one sector, as Linux demands. */
export class ContinuationArea {
  #length = 0;

  /** @returns the offset from the start of the area */
  reserve(bytes: number): number {
    const offset = withinSector(this.#length, bytes);
    this.#length = offset + bytes;
    return offset;
  }

  get length(): number {
    return this.#length;
  }
}

/** Writes the Rock Ridge data of records: POSIX modes, owner root, names and times (SUSP 1.12, RRIP 1.09). */
export class RockRidge {
  readonly #date: Buffer;

  /** @param areaSector the sector at which the continuation area starts */
  constructor(
    readonly image: Buffer,
    modified: number,
    readonly areaSector: number,
    readonly directories: ReadonlyMap<Directory, Attributes>,
  ) {
    this.#date = shortDate(modified);
  }

  /** @param continuation where {@link ContinuationArea.reserve} put the continued data, if there is any */
  write(role: Role, node: Node, offset: number, continuation: number | undefined): void {
    let at = offset;
    if (role === 'root') at = this.#entry(at, 'SP', SP, 0xbe, 0xef, 0);
    at = this.#posix(at, role === 'parent' && node.kind === 'directory' ? node.parent : node);
    at = this.#entry(at, 'TF', TF, TIME_OF_MODIFICATION);
    this.#date.copy(this.image, at - this.#date.length);
    if (continuation === undefined) {
      if (role === 'child') this.#names(at, Buffer.from(node.name));
      return;
    }
    const target = this.areaSector * SECTOR + continuation;
    const end = role === 'root' ? this.#extension(target) : this.#names(target, Buffer.from(node.name));
    this.#continue(at, continuation, end - target);
  }

  /** The head of an entry and its first bytes; returns where the next entry starts. */
  #entry(at: number, signature: string, length: number, ...bytes: number[]): number {
    this.image.write(signature, at, 'latin1');
    this.image[at + 2] = length;
    this.image[at + 3] = 1;
    for (const [index, byte] of bytes.entries()) this.image[at + 4 + index] = byte;
    return at + length;
  }

  #posix(at: number, node: Node): number {
    const { mode, links } = node.kind === 'file' ? fileAttributes(node) : (this.directories.get(node) ?? CLOSED);
    writeBoth32(this.image, mode, at + 4);
    writeBoth32(this.image, links, at + 12);
    // Owner and group stay 0: root.
    return this.#entry(at, 'PX', PX);
  }

  #names(at: number, name: Buffer): number {
    let next = at;
    for (let done = 0; done < name.length; done += MAX_ENTRY - NM) {
      const part = name.subarray(done, done + MAX_ENTRY - NM);
      const more = done + part.length < name.length;
      part.copy(this.image, next + NM);
      next = this.#entry(next, 'NM', NM + part.length, more ? NAME_CONTINUES : 0);
    }
    return next;
  }

  #extension(at: number): number {
    const [id, description, source] = EXTENSION;
    this.image.write(id + description + source, at + 8, 'latin1');
    return this.#entry(at, 'ER', extensionLength(), id.length, description.length, source.length, 1);
  }

  #continue(at: number, continuation: number, length: number): void {
    writeBoth32(this.image, this.areaSector + Math.floor(continuation / SECTOR), at + 4);
    writeBoth32(this.image, continuation % SECTOR, at + 12);
    writeBoth32(this.image, length, at + 20);
    this.#entry(at, 'CE', CE);
  }
}

/** Type and permission bits, and how many links a node has. */
export interface Attributes {
  readonly mode: number;
  readonly links: number;
}

const CLOSED: Attributes = { mode: DIRECTORY_TYPE, links: 2 };

/**
 * Directories are 0555, for images are read-only; one that leads to nothing but files of the owner is 0500, so that
 * not even the names of keys are shown to others.
 */
export function directoryAttributes(root: Directory): Map<Directory, Attributes> {
  const attributes = new Map<Directory, Attributes>();
  const visit = (directory: Directory): boolean => {
    let isPrivate = directory.children.length > 0;
    let links = 2;
    for (const child of directory.children) {
      const hidden = child.kind === 'file' ? (child.entry.mode & 0o077) === 0 : visit(child);
      isPrivate = isPrivate && hidden;
      if (child.kind === 'directory') links++;
    }
    attributes.set(directory, { mode: DIRECTORY_TYPE | (isPrivate ? 0o500 : 0o555), links });
    return isPrivate;
  };
  visit(root);
  return attributes;
}

/** The problem of a name that Linux would not show. */
export function checkNameLength(node: Node) {
  if (Buffer.byteLength(node.name) <= MAX_NAME_BYTES) return undefined;
  const bytes = Buffer.byteLength(node.name);
  const message = `has a name of ${bytes} bytes, and an ISO image shows at most ${MAX_NAME_BYTES} in Linux`;
  return pathProblem('name-too-long', node.path, message, 'shorten the name');
}

function extensionLength(): number {
  return EXTENSION.reduce((sum, text) => sum + text.length, 8);
}

function fileAttributes({ entry }: TreeFile): Attributes {
  return { mode: FILE_TYPE | (entry.mode & 0o7777), links: 1 };
}
