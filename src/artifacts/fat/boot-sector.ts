import { type Geometry, SECTOR } from './geometry.js';
import type { FatLayout } from './layout.js';

/** What the boot sector says about a volume besides its geometry. */
export interface VolumeNames {
  /** 1 to 11 characters. */
  readonly label: string;
  readonly serial: number;
}

const FIXED_DISK = 0xf8;
const EXTENDED_SIGNATURE = 0x29;
const INFO_SECTOR = 1;
const BACKUP_SECTOR = 6;
/** `hlt` and a jump back to it: who boots from the drive sees a halt. */
const HALT = [0xf4, 0xeb, 0xfd];

/** Writes the boot sector, and with FAT32 the information sector and the copies of both. */
export function writeBootSectors(image: Buffer, layout: FatLayout, names: VolumeNames): void {
  const { geometry } = layout;
  writeBootSector(image, geometry, names);
  if (geometry.type === 16) return;
  writeInfoSector(image, INFO_SECTOR * SECTOR, layout);
  image.copyWithin(BACKUP_SECTOR * SECTOR, 0, 2 * SECTOR);
}

function writeBootSector(image: Buffer, geometry: Geometry, names: VolumeNames): void {
  const code = geometry.type === 16 ? 62 : 90;
  image.set([0xeb, code - 2, 0x90], 0);
  image.write('IRONKEEL', 3, 'latin1');
  writeParameters(image, geometry);
  if (geometry.type === 32) writeParameters32(image, geometry);
  writeExtended(image, geometry.type === 16 ? 36 : 64, geometry.type, names);
  image.set(HALT, code);
  image.writeUInt16LE(0xaa55, 510);
}

/** The parameters that FAT16 and FAT32 have in common. */
function writeParameters(image: Buffer, geometry: Geometry): void {
  const { type, totalSectors, sectorsPerFat } = geometry;
  const short = type === 16 && totalSectors <= 0xffff;
  image.writeUInt16LE(SECTOR, 11);
  image.writeUInt8(geometry.sectorsPerCluster, 13);
  image.writeUInt16LE(geometry.reservedSectors, 14);
  image.writeUInt8(2, 16);
  image.writeUInt16LE(geometry.rootEntries, 17);
  image.writeUInt16LE(short ? totalSectors : 0, 19);
  image.writeUInt8(FIXED_DISK, 21);
  image.writeUInt16LE(type === 16 ? sectorsPerFat : 0, 22);
  // Sectors per track and heads, which only very old programs read.
  image.writeUInt16LE(32, 24);
  image.writeUInt16LE(64, 26);
  image.writeUInt32LE(short ? 0 : totalSectors, 32);
}

function writeParameters32(image: Buffer, { sectorsPerFat }: Geometry): void {
  image.writeUInt32LE(sectorsPerFat, 36);
  image.writeUInt32LE(2, 44);
  image.writeUInt16LE(INFO_SECTOR, 48);
  image.writeUInt16LE(BACKUP_SECTOR, 50);
}

function writeExtended(image: Buffer, at: number, type: 16 | 32, names: VolumeNames): void {
  image[at] = 0x80;
  image[at + 2] = EXTENDED_SIGNATURE;
  image.writeUInt32LE(names.serial, at + 3);
  image.write(names.label.padEnd(11) + `FAT${type}`.padEnd(8), at + 7, 'latin1');
}

/** The hint of free clusters that FAT32 keeps. */
function writeInfoSector(image: Buffer, at: number, { geometry, nextCluster }: FatLayout): void {
  image.write('RRaA', at, 'latin1');
  image.write('rrAa', at + 484, 'latin1');
  image.writeUInt32LE(geometry.clusters - (nextCluster - 2), at + 488);
  image.writeUInt32LE(nextCluster, at + 492);
  image.writeUInt32LE(0xaa55_0000, at + 508);
}
