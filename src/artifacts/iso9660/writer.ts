import type { Instant } from '../../support/clock.js';
import { shortDate } from './dates.js';
import { ROOT_RECORD_OFFSET } from './descriptors.js';
import { type PlannedDirectory, type PlannedRecord, pathTableRecordLength, RECORD_HEAD } from './hierarchy.js';
import { FIRST_DESCRIPTOR, type Layout, type Volume } from './layout.js';
import { SECTOR, writeBoth16, writeBoth32 } from './numbers.js';
import type { RockRidge } from './rock-ridge.js';

const DIRECTORY_FLAG = 2;

/** First sector and length in bytes of what a record points at. */
interface Extent {
  readonly sector: number;
  readonly length: number;
}

/** Writes the path tables and directories of one volume, and the root record into its descriptor. */
export class VolumeWriter {
  readonly #date: Buffer;
  readonly #places: Map<object, Extent>;

  constructor(
    readonly image: Buffer,
    readonly layout: Layout,
    readonly volume: Volume,
    modified: Instant,
    readonly rockRidge: RockRidge | undefined,
  ) {
    this.#date = shortDate(modified);
    this.#places = new Map(volume.hierarchy.directories.map((planned) => [planned.directory, this.#place(planned)]));
  }

  /** @param descriptor number of the volume's descriptor, from 0 */
  write(descriptor: number): void {
    const [root] = this.volume.hierarchy.directories;
    if (root === undefined) return;
    this.#writeHead((FIRST_DESCRIPTOR + descriptor) * SECTOR + ROOT_RECORD_OFFSET, 34, this.#place(root), true, 1);
    this.#writePathTables();
    for (const planned of this.volume.hierarchy.directories) {
      const start = this.#place(planned).sector * SECTOR;
      for (const record of planned.records) this.#writeRecord(start + record.offset, record);
    }
  }

  #place(planned: PlannedDirectory): Extent {
    return { sector: this.volume.firstDirectory + planned.sector, length: planned.sectors * SECTOR };
  }

  #writeRecord(at: number, record: PlannedRecord): void {
    const { role, node, identifierLength } = record;
    const isDirectory = node.kind === 'directory';
    this.#writeHead(at, record.length, this.#extentOf(record), isDirectory, identifierLength);
    if (role === 'child') this.volume.hierarchy.names.write(this.image, record.identifier, at + RECORD_HEAD);
    else this.image[at + RECORD_HEAD] = role === 'parent' ? 1 : 0;
    const use = RECORD_HEAD + identifierLength + ((identifierLength + 1) % 2);
    this.rockRidge?.write(role, node, at + use, record.continuation);
  }

  #extentOf({ role, node }: PlannedRecord): Extent {
    if (node.kind === 'file') {
      return { sector: this.layout.extents.get(node) ?? 0, length: node.entry.content.length };
    }
    return this.#places.get(role === 'parent' ? node.parent : node) ?? { sector: 0, length: 0 };
  }

  /** The fixed part of a directory record (ECMA-119 9.1). */
  #writeHead(at: number, length: number, extent: Extent, isDirectory: boolean, identifierLength: number): void {
    this.image[at] = length;
    writeBoth32(this.image, extent.sector, at + 2);
    writeBoth32(this.image, extent.length, at + 10);
    this.#date.copy(this.image, at + 18);
    this.image[at + 25] = isDirectory ? DIRECTORY_FLAG : 0;
    writeBoth16(this.image, 1, at + 28);
    this.image[at + 32] = identifierLength;
  }

  #writePathTables(): void {
    const { names, directories } = this.volume.hierarchy;
    let little = this.volume.littleEndianPathTable * SECTOR;
    let big = this.volume.bigEndianPathTable * SECTOR;
    for (const planned of directories) {
      const { sector } = this.#place(planned);
      const identifierLength = names.byteLength(planned.identifier);
      for (const at of [little, big]) {
        this.image[at] = Math.max(identifierLength, 1);
        names.write(this.image, planned.identifier, at + 8);
      }
      this.image.writeUInt32LE(sector, little + 2);
      this.image.writeUInt16LE(planned.parentNumber, little + 6);
      this.image.writeUInt32BE(sector, big + 2);
      this.image.writeUInt16BE(planned.parentNumber, big + 6);
      little += pathTableRecordLength(identifierLength);
      big += pathTableRecordLength(identifierLength);
    }
  }
}
