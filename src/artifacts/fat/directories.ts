import type { Instant } from '../../support/clock.js';
import type { Directory, Node } from '../tree.js';
import { ENTRY, SECTOR } from './geometry.js';
import { type FatLayout, longEntries, UNITS_PER_ENTRY } from './layout.js';
import { shortNameChecksum, shortNames } from './names.js';

const VOLUME_LABEL = 0x08;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const LONG_NAME = 0x0f;
const LAST_LONG_ENTRY = 0x40;
/** Where the code units of a long name lie in an entry. */
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** What a short entry says besides its name. */
interface ShortEntry {
  readonly attributes: number;
  readonly cluster: number;
  readonly size: number;
}

/** Writes the directories of a volume: each child as its long name, always, and its 8.3 name. */
export class DirectoryWriter {
  readonly #date: number;
  readonly #time: number;

  constructor(
    readonly image: Buffer,
    readonly layout: FatLayout,
    readonly root: Directory,
    modified: Instant,
  ) {
    [this.#date, this.#time] = fatDate(modified);
  }

  /** @param label of the volume, for the root's first entry */
  write(label: string): void {
    this.#directory(this.root, label);
  }

  #directory(directory: Directory, label: string): void {
    let at = nodeOffset(this.layout, directory);
    if (directory === this.root) {
      at = this.#short(at, label.padEnd(11), { attributes: VOLUME_LABEL, cluster: 0, size: 0 });
    } else {
      at = this.#short(at, '.'.padEnd(11), this.#facts(directory));
      at = this.#short(at, '..'.padEnd(11), this.#facts(directory.parent));
    }
    const aliases = shortNames(directory.children.map((child) => child.name));
    for (const [index, child] of directory.children.entries()) {
      const alias = aliases[index] ?? '';
      at = this.#long(at, child.name, shortNameChecksum(alias));
      at = this.#short(at, alias, this.#facts(child));
      if (child.kind === 'directory') this.#directory(child, label);
    }
  }

  #facts(node: Node): ShortEntry {
    // The root is cluster 0 for those who point at it, with FAT32 too.
    const cluster = node === this.root ? 0 : (this.layout.chains.get(node)?.first ?? 0);
    if (node.kind === 'directory') return { attributes: DIRECTORY, cluster, size: 0 };
    return { attributes: ARCHIVE, cluster, size: node.entry.content.length };
  }

  #short(at: number, name: string, { attributes, cluster, size }: ShortEntry): number {
    const { image } = this;
    image.write(name, at, 'latin1');
    image[at + 11] = attributes;
    image.writeUInt16LE(this.#time, at + 14);
    image.writeUInt16LE(this.#date, at + 16);
    image.writeUInt16LE(this.#date, at + 18);
    image.writeUInt16LE(cluster >>> 16, at + 20);
    image.writeUInt16LE(this.#time, at + 22);
    image.writeUInt16LE(this.#date, at + 24);
    image.writeUInt16LE(cluster & 0xffff, at + 26);
    image.writeUInt32LE(size, at + 28);
    return at + ENTRY;
  }

  /** The entries of a long name, its end first; what it leaves of the last one is a zero and then 0xffff. */
  #long(at: number, name: string, checksum: number): number {
    const count = longEntries(name);
    let next = at;
    for (let part = count; part > 0; part--) {
      this.image[next] = part === count ? part | LAST_LONG_ENTRY : part;
      this.image[next + 11] = LONG_NAME;
      this.image[next + 13] = checksum;
      for (const [index, offset] of UNIT_OFFSETS.entries()) {
        const position = (part - 1) * UNITS_PER_ENTRY + index;
        const unit = position < name.length ? name.charCodeAt(position) : position === name.length ? 0 : 0xffff;
        this.image.writeUInt16LE(unit, next + offset);
      }
      next += ENTRY;
    }
    return next;
  }
}

/** Where the first cluster of a node starts, or the root directory of FAT16, in bytes. */
export function nodeOffset({ geometry, chains }: FatLayout, node: Node): number {
  const rootStart = geometry.reservedSectors + 2 * geometry.sectorsPerFat;
  const chain = chains.get(node);
  if (chain === undefined || chain.length === 0) return rootStart * SECTOR;
  const dataStart = rootStart + (geometry.rootEntries * ENTRY) / SECTOR;
  return (dataStart + (chain.first - 2) * geometry.sectorsPerCluster) * SECTOR;
}

/** Date and time in UTC; FAT knows the years 1980 to 2107. */
function fatDate(instant: Instant): [date: number, time: number] {
  const date = new Date(Math.min(Math.max(instant, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  const days = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return [days, (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)];
}
