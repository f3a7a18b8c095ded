import type { Instant } from '../../support/clock.js';
import { longDate } from './dates.js';
import { FIRST_DESCRIPTOR, type Volume } from './layout.js';
import { writeUcs2 } from './names.js';
import { SECTOR, writeBoth16, writeBoth32 } from './numbers.js';

/** What both volume descriptors say alike. */
export interface VolumeFacts {
  readonly volumeId: string;
  readonly modified: Instant;
  /** Size of the image. */
  readonly sectors: number;
}

/** Writes a text field of a descriptor, padded with spaces. */
type FieldWriter = (image: Buffer, text: string, offset: number, length: number) => void;

const APPLICATION = 'IRONKEEL';
const PRIMARY = 1;
const SUPPLEMENTARY = 2;
const TERMINATOR = 255;

/** Writes the primary descriptor, the supplementary one of Joliet and the terminator (ECMA-119 8.2, 8.4, 8.5). */
export function writeDescriptors(image: Buffer, facts: VolumeFacts, primary: Volume, joliet: Volume): void {
  const base = FIRST_DESCRIPTOR * SECTOR;
  writeDescriptor(image, base, PRIMARY, facts, primary, writeAscii);
  writeDescriptor(image, base + SECTOR, SUPPLEMENTARY, facts, joliet, writeWide);
  // UCS-2 level 3, the escape sequence by which readers know Joliet.
  image.write('%/E', base + SECTOR + 88, 'latin1');
  writeHead(image, base + 2 * SECTOR, TERMINATOR);
}

/** The root record of a descriptor is 34 bytes at this offset; it carries no Rock Ridge data. */
export const ROOT_RECORD_OFFSET = 156;

function writeHead(image: Buffer, at: number, type: number): void {
  image[at] = type;
  image.write('CD001', at + 1, 'latin1');
  image[at + 6] = 1;
}

function writeDescriptor(
  image: Buffer,
  at: number,
  type: number,
  facts: VolumeFacts,
  volume: Volume,
  write: FieldWriter,
): void {
  writeHead(image, at, type);
  write(image, '', at + 8, 32);
  write(image, facts.volumeId, at + 40, 32);
  writeBoth32(image, facts.sectors, at + 80);
  writeBoth16(image, 1, at + 120);
  writeBoth16(image, 1, at + 124);
  writeBoth16(image, SECTOR, at + 128);
  writeBoth32(image, volume.hierarchy.pathTableLength, at + 132);
  image.writeUInt32LE(volume.littleEndianPathTable, at + 140);
  image.writeUInt32BE(volume.bigEndianPathTable, at + 148);
  writeTexts(image, at, write);
  writeDates(image, at + 813, facts.modified);
  image[at + 881] = 1;
}

function writeTexts(image: Buffer, at: number, write: FieldWriter): void {
  for (const offset of [190, 318, 446]) write(image, '', at + offset, 128);
  write(image, APPLICATION, at + 574, 128);
  for (const offset of [702, 739, 776]) write(image, '', at + offset, 37);
}

/** Creation and modification, then expiration and effective date, which are not given. */
function writeDates(image: Buffer, at: number, modified: Instant): void {
  const date = longDate(modified);
  const none = `${'0'.repeat(16)}\0`;
  image.write(date + date + none + none, at, 'latin1');
}

function writeAscii(image: Buffer, text: string, offset: number, length: number): void {
  image.write(text.padEnd(length), offset, 'latin1');
}

function writeWide(image: Buffer, text: string, offset: number, length: number): void {
  writeUcs2(image, text.padEnd(Math.floor(length / 2)), offset);
}
