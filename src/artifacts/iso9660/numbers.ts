/** Size of a logical sector and of a logical block, in bytes. */
export const SECTOR = 2048;

/** How many sectors hold so many bytes. */
export function sectorsFor(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

/** Where a record of this length goes so that it does not cross the end of a sector (ECMA-119 6.8.1.1). */
export function withinSector(offset: number, length: number): number {
  return (offset % SECTOR) + length > SECTOR ? sectorsFor(offset) * SECTOR : offset;
}

/** A 16-bit number in both byte orders (ECMA-119 7.2.3). */
export function writeBoth16(image: Buffer, value: number, offset: number): void {
  image.writeUInt16LE(value, offset);
  image.writeUInt16BE(value, offset + 2);
}

/** A 32-bit number in both byte orders (ECMA-119 7.3.3). */
export function writeBoth32(image: Buffer, value: number, offset: number): void {
  image.writeUInt32LE(value, offset);
  image.writeUInt32BE(value, offset + 4);
}
