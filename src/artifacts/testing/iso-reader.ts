/** A reader of ISO images for tests, written from the standards and sharing nothing with the writer. */
export interface ReadNode {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly identifier: string;
  /** Only with Rock Ridge. */
  readonly mode?: number;
  readonly links?: number;
  readonly sector: number;
  readonly content: Buffer;
}

interface Record {
  readonly length: number;
  readonly sector: number;
  readonly size: number;
  readonly directory: boolean;
  readonly identifier: Buffer;
  readonly use: Buffer;
}

const SECTOR = 2048;

export class IsoReader {
  constructor(
    readonly image: Buffer,
    readonly kind: 'rock-ridge' | 'joliet' | 'plain',
  ) {}

  get descriptor(): Buffer {
    const sector = this.kind === 'joliet' ? 17 : 16;
    return this.image.subarray(sector * SECTOR, (sector + 1) * SECTOR);
  }

  get volumeId(): string {
    const field = this.descriptor.subarray(40, 72);
    return (this.kind === 'joliet' ? decodeBigEndian(field) : field.toString('latin1')).trimEnd();
  }

  /** Everything below the root, depth first in the order of the records. */
  nodes(): ReadNode[] {
    return this.#walk(parseRecord(this.descriptor, 156), '');
  }

  /** Identifiers, sectors and parents of the path table, in both byte orders, which have to agree. */
  pathTable(): { identifier: string; sector: number; parent: number }[] {
    const length = this.descriptor.readUInt32LE(132);
    const little = this.image.subarray(this.descriptor.readUInt32LE(140) * SECTOR).subarray(0, length);
    const big = this.image.subarray(this.descriptor.readUInt32BE(148) * SECTOR).subarray(0, length);
    const rows = [];
    for (let at = 0; at < length; ) {
      const identifierLength = little.readUInt8(at);
      const [sector, parent] = [little.readUInt32LE(at + 2), little.readUInt16LE(at + 6)];
      if (big.readUInt32BE(at + 2) !== sector || big.readUInt16BE(at + 6) !== parent)
        throw new Error('path tables differ');
      rows.push({ identifier: this.#text(little.subarray(at + 8, at + 8 + identifierLength)), sector, parent });
      at += 8 + identifierLength + (identifierLength % 2);
    }
    return rows;
  }

  #text(bytes: Buffer): string {
    return this.kind === 'joliet' ? decodeBigEndian(bytes) : bytes.toString('latin1');
  }

  #walk(directory: Record, base: string): ReadNode[] {
    return this.#records(directory)
      .slice(2)
      .flatMap((record) => {
        const identifier = this.#text(record.identifier);
        const rock = this.kind === 'rock-ridge' ? this.#rockRidge(record) : { name: identifier };
        const path = `${base}${rock.name}`;
        const content = this.image.subarray(record.sector * SECTOR, record.sector * SECTOR + record.size);
        const node = { ...rock, path, identifier, sector: record.sector };
        if (!record.directory) return [{ ...node, kind: 'file' as const, content }];
        return [{ ...node, kind: 'directory' as const, content: Buffer.alloc(0) }, ...this.#walk(record, `${path}/`)];
      });
  }

  #records(directory: Record): Record[] {
    const start = directory.sector * SECTOR;
    const records: Record[] = [];
    for (let at = start; at < start + directory.size; ) {
      if (this.image[at] === 0) {
        at = (Math.floor(at / SECTOR) + 1) * SECTOR;
        continue;
      }
      const record = parseRecord(this.image, at);
      if (Math.floor(at / SECTOR) !== Math.floor((at + record.length - 1) / SECTOR))
        throw new Error('record over a sector');
      records.push(record);
      at += record.length;
    }
    return records;
  }

  #rockRidge(record: Record): { name: string; mode: number; links: number } {
    const names: Buffer[] = [];
    const found = { mode: -1, links: -1 };
    for (const entry of this.#entries(record.use)) {
      const signature = entry.toString('latin1', 0, 2);
      if (signature === 'PX') [found.mode, found.links] = [entry.readUInt32LE(4), entry.readUInt32BE(16)];
      if (signature === 'NM') names.push(entry.subarray(5));
    }
    return { name: Buffer.concat(names).toString('utf8'), ...found };
  }

  *#entries(area: Buffer): Generator<Buffer> {
    let next: Buffer | undefined;
    for (let at = 0; at + 4 <= area.length; ) {
      const length = area.readUInt8(at + 2);
      if (length === 0) break;
      const entry = area.subarray(at, at + length);
      if (entry.toString('latin1', 0, 2) === 'CE') {
        const [sector, offset, size] = [entry.readUInt32LE(4), entry.readUInt32LE(12), entry.readUInt32LE(20)];
        if (offset + size > SECTOR) throw new Error('continuation over a sector');
        next = this.image.subarray(sector * SECTOR + offset, sector * SECTOR + offset + size);
      }
      yield entry;
      at += length;
    }
    if (next !== undefined) yield* this.#entries(next);
  }
}

function parseRecord(image: Buffer, at: number): Record {
  const length = image.readUInt8(at);
  const [sector, size] = [image.readUInt32LE(at + 2), image.readUInt32LE(at + 10)];
  if (image.readUInt32BE(at + 6) !== sector || image.readUInt32BE(at + 14) !== size)
    throw new Error('byte orders differ');
  const identifierLength = image.readUInt8(at + 32);
  const identifier = image.subarray(at + 33, at + 33 + identifierLength);
  const useStart = at + 33 + identifierLength + (identifierLength % 2 === 0 ? 1 : 0);
  const use = image.subarray(useStart, at + length);
  return { length, sector, size, directory: (image.readUInt8(at + 25) & 2) !== 0, identifier, use };
}

function decodeBigEndian(bytes: Buffer): string {
  return bytes.length % 2 === 1 ? bytes.toString('latin1') : Buffer.from(bytes).swap16().toString('utf16le');
}
