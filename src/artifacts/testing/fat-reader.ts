/** A reader of FAT volumes for tests, written from the specification and sharing nothing with the writer. */
export interface ReadFatNode {
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly alias: string;
  readonly content: Buffer;
}

const LONG_NAME = 0x0f;

export class FatReader {
  readonly type: 16 | 32;
  readonly label: string;
  readonly bootLabel: string;
  readonly clusters: number;
  readonly #clusterBytes: number;
  readonly #fat: Buffer;
  readonly #root: Buffer;
  readonly #dataStart: number;

  constructor(readonly image: Buffer) {
    const sector = image.readUInt16LE(11);
    const fatSectors = image.readUInt16LE(22) || image.readUInt32LE(36);
    const total = image.readUInt16LE(19) || image.readUInt32LE(32);
    const fatStart = image.readUInt16LE(14) * sector;
    const rootStart = fatStart + image.readUInt8(16) * fatSectors * sector;
    const rootBytes = image.readUInt16LE(17) * 32;
    this.#clusterBytes = image.readUInt8(13) * sector;
    this.#dataStart = rootStart + rootBytes;
    this.clusters = Math.floor((total * sector - this.#dataStart) / this.#clusterBytes);
    this.type = this.clusters < 65525 ? 16 : 32;
    this.#fat = image.subarray(fatStart, fatStart + fatSectors * sector);
    const second = image.subarray(fatStart + fatSectors * sector, rootStart);
    if (!this.#fat.equals(second)) throw new Error('the copies of the table differ');
    this.bootLabel = image.toString('latin1', this.type === 16 ? 43 : 71, this.type === 16 ? 54 : 82).trimEnd();
    this.#root = this.type === 16 ? image.subarray(rootStart, this.#dataStart) : this.#chain(image.readUInt32LE(44));
    this.label = this.#root.toString('latin1', 0, 11).trimEnd();
  }

  nodes(): ReadFatNode[] {
    return this.#walk(this.#root.subarray(32), '');
  }

  #walk(directory: Buffer, base: string): ReadFatNode[] {
    const nodes: ReadFatNode[] = [];
    let long = '';
    for (let at = 0; at < directory.length && directory[at] !== 0; at += 32) {
      const entry = directory.subarray(at, at + 32);
      if (entry[11] === LONG_NAME) {
        long = longPart(entry) + long;
        continue;
      }
      const alias = entry.toString('latin1', 0, 11);
      if (!alias.startsWith('.')) nodes.push(...this.#node(entry, alias, base + long));
      long = '';
    }
    return nodes;
  }

  #node(entry: Buffer, alias: string, path: string): ReadFatNode[] {
    const cluster = entry.readUInt16LE(20) * 65536 + entry.readUInt16LE(26);
    const bytes = cluster === 0 ? Buffer.alloc(0) : this.#chain(cluster);
    if ((entry.readUInt8(11) & 0x10) === 0) {
      return [{ path, kind: 'file', alias, content: bytes.subarray(0, entry.readUInt32LE(28)) }];
    }
    return [{ path, kind: 'directory', alias, content: bytes }, ...this.#walk(bytes, `${path}/`)];
  }

  #chain(first: number): Buffer {
    const parts: Buffer[] = [];
    const end = this.type === 16 ? 0xfff8 : 0x0ffffff8;
    for (let cluster = first; cluster < end; ) {
      if (cluster < 2 || cluster >= this.clusters + 2) throw new Error(`cluster ${cluster} is outside the volume`);
      const start = this.#dataStart + (cluster - 2) * this.#clusterBytes;
      parts.push(this.image.subarray(start, start + this.#clusterBytes));
      cluster = this.type === 16 ? this.#fat.readUInt16LE(cluster * 2) : this.#fat.readUInt32LE(cluster * 4);
    }
    return Buffer.concat(parts);
  }
}

function longPart(entry: Buffer): string {
  const units = Buffer.concat([entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)]);
  return units.toString('utf16le').replace(/\0[\s\S]*$/, '');
}
