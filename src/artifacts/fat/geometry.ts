import { type InputError, inputError } from '../../support/problem.js';

/** Size of a sector in bytes. */
export const SECTOR = 512;
/** Size of a directory entry in bytes. */
export const ENTRY = 32;

/** The places of a FAT volume, in sectors (Microsoft FAT specification 1.03, "FAT Type Determination"). */
export interface Geometry {
  readonly type: 16 | 32;
  readonly totalSectors: number;
  readonly reservedSectors: number;
  readonly sectorsPerFat: number;
  /** Of the root directory of FAT16; FAT32 has it in clusters. */
  readonly rootEntries: number;
  readonly sectorsPerCluster: number;
  /** Data clusters; the first has the number 2. */
  readonly clusters: number;
}

/** How much a volume has to hold, for a given size of its clusters. */
export interface Demand {
  /** Clusters of files and directories. The root directory counts for FAT32 only. */
  clusters(type: 16 | 32, clusterBytes: number): number;
  /** 32-byte entries of the root directory, the label included. */
  readonly rootEntries: number;
}

/** Fewer clusters would make it FAT12, more would make it FAT32; the readers know the type by nothing else. */
const FAT16_CLUSTERS = { min: 4085, max: 65524 };
const FAT32_CLUSTERS = { min: 65525, max: 0x0fff_fff5 };
/** Both keep a distance, for readers are known to be off by a few. */
const MARGIN = 16;

const MIN_ROOT_ENTRIES = 512;
const MAX_ROOT_ENTRIES = 65520;
const CLUSTER_SIZES = [1, 2, 4, 8, 16, 32, 64];
/** FAT16 up to 512 MiB with clusters up to 8 KiB, then FAT32 with 4 KiB and more. */
const FAT16_CLUSTER_SIZES = CLUSTER_SIZES.slice(0, 5);
const FAT32_CLUSTER_SIZES = CLUSTER_SIZES.slice(3);
const FAT16_MAX_BYTES = 512 * 1024 * 1024;

/** Free space in a volume whose size is not given: room to edit the files, a tenth and 256 KiB. */
const SLACK_SHARE = 0.1;
const SLACK_BYTES = 256 * 1024;

/** @throws InputError when the size given is too small for the content or for a file system at all */
export function chooseGeometry(demand: Demand, sizeBytes: number | undefined): Geometry {
  return sizeBytes === undefined ? smallestGeometry(demand) : geometryOfSize(demand, sizeBytes);
}

function smallestGeometry(demand: Demand): Geometry {
  for (const [type, sizes, limit] of [
    [16, FAT16_CLUSTER_SIZES, FAT16_CLUSTERS],
    [32, FAT32_CLUSTER_SIZES, FAT32_CLUSTERS],
  ] as const) {
    for (const sectorsPerCluster of sizes) {
      const clusterBytes = sectorsPerCluster * SECTOR;
      const slack = (clusters: number) => Math.ceil(clusters * SLACK_SHARE + SLACK_BYTES / clusterBytes);
      const content = demand.clusters(type, clusterBytes);
      const clusters = Math.max(content + slack(content), limit.min + MARGIN);
      if (clusters <= limit.max - MARGIN) return geometryOfClusters(type, sectorsPerCluster, clusters, demand);
    }
  }
  throw tooLarge();
}

function geometryOfClusters(type: 16 | 32, sectorsPerCluster: number, clusters: number, demand: Demand): Geometry {
  const fixed = fixedParts(type, demand);
  const sectorsPerFat = fatSectors(type, clusters);
  const totalSectors = overhead(fixed, sectorsPerFat) + clusters * sectorsPerCluster;
  return { type, ...fixed, sectorsPerFat, sectorsPerCluster, clusters, totalSectors };
}

function geometryOfSize(demand: Demand, sizeBytes: number): Geometry {
  if (!Number.isInteger(sizeBytes) || sizeBytes <= 0) {
    throw inputError('bad-image-size', `${sizeBytes} is no size of an image`, 'give a whole number of bytes');
  }
  const totalSectors = Math.floor(sizeBytes / SECTOR);
  const type = sizeBytes <= FAT16_MAX_BYTES ? 16 : 32;
  const limit = type === 16 ? FAT16_CLUSTERS : FAT32_CLUSTERS;
  for (const sectorsPerCluster of type === 16 ? FAT16_CLUSTER_SIZES : FAT32_CLUSTER_SIZES) {
    const geometry = divide(type, sectorsPerCluster, totalSectors, demand);
    if (geometry.clusters > limit.max - MARGIN) continue;
    const needed = Math.max(demand.clusters(type, sectorsPerCluster * SECTOR), limit.min + MARGIN);
    if (geometry.clusters >= needed) return geometry;
    throw tooSmall(sizeBytes, geometryOfClusters(type, sectorsPerCluster, needed, demand));
  }
  throw tooLarge();
}

/** As many clusters as fit; the tables are sized for all sectors, which is a little too much and does no harm. */
function divide(type: 16 | 32, sectorsPerCluster: number, totalSectors: number, demand: Demand): Geometry {
  const fixed = fixedParts(type, demand);
  const most = Math.max(0, totalSectors - overhead(fixed, 0));
  const sectorsPerFat = fatSectors(type, Math.floor(most / sectorsPerCluster));
  const clusters = Math.floor((totalSectors - overhead(fixed, sectorsPerFat)) / sectorsPerCluster);
  return { type, ...fixed, sectorsPerFat, sectorsPerCluster, clusters, totalSectors };
}

function fixedParts(type: 16 | 32, demand: Demand): { reservedSectors: number; rootEntries: number } {
  if (type === 32) return { reservedSectors: 32, rootEntries: 0 };
  const perSector = SECTOR / ENTRY;
  const rootEntries = Math.max(MIN_ROOT_ENTRIES, Math.ceil(demand.rootEntries / perSector) * perSector);
  if (rootEntries > MAX_ROOT_ENTRIES) {
    throw inputError('too-many-files', 'the root directory holds too many files for FAT', 'put them into directories');
  }
  return { reservedSectors: 1, rootEntries };
}

function overhead(fixed: { reservedSectors: number; rootEntries: number }, sectorsPerFat: number): number {
  return fixed.reservedSectors + 2 * sectorsPerFat + (fixed.rootEntries * ENTRY) / SECTOR;
}

function fatSectors(type: 16 | 32, clusters: number): number {
  return Math.ceil(((clusters + 2) * (type / 8)) / SECTOR);
}

function tooLarge(): InputError {
  return inputError('image-too-large', 'the content is too large for a FAT volume', 'put less on the drive');
}

function tooSmall(sizeBytes: number, needed: Geometry): InputError {
  const bytes = needed.totalSectors * SECTOR;
  const message = `a FAT image of ${sizeBytes} bytes is too small, this content needs ${bytes}`;
  return inputError('image-too-small', message, `give at least ${bytes} bytes`, String(sizeBytes));
}
