import { SECTOR } from './geometry.js';
import type { FatLayout } from './layout.js';

/** Writes both copies of the allocation table: the two reserved entries, then each chain to its end. */
export function writeTables(image: Buffer, { geometry, chains }: FatLayout): void {
  const { type, reservedSectors, sectorsPerFat } = geometry;
  const start = reservedSectors * SECTOR;
  const endOfChain = type === 16 ? 0xffff : 0x0fff_ffff;
  const write = (cluster: number, value: number) =>
    type === 16 ? image.writeUInt16LE(value, start + cluster * 2) : image.writeUInt32LE(value, start + cluster * 4);
  write(0, type === 16 ? 0xfff8 : 0x0fff_fff8);
  write(1, endOfChain);
  for (const { first, length } of chains.values()) {
    for (let index = 1; index < length; index++) write(first + index - 1, first + index);
    if (length > 0) write(first + length - 1, endOfChain);
  }
  const bytes = sectorsPerFat * SECTOR;
  image.copyWithin(start + bytes, start, start + bytes);
}
