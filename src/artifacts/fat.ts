import { constants } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Instant } from '../support/clock.js';
import type { FileTree } from '../support/files.js';
import { InputError, inputError, type Problem, WorkError } from '../support/problem.js';
import { writeBootSectors } from './fat/boot-sector.js';
import { DirectoryWriter, nodeOffset } from './fat/directories.js';
import { ENTRY, SECTOR } from './fat/geometry.js';
import { countEntries, type FatLayout, planFat } from './fat/layout.js';
import { caseProblems, checkName } from './fat/names.js';
import { writeTables } from './fat/table.js';
import { buildTree, type Directory, type Node, pathProblem } from './tree.js';

/** What a FAT volume is called, how large it is and how old it looks. */
export interface FatOptions {
  /** Written as it is given, lower case too: OpenStack's `config-2` is what the readers look for. */
  readonly label: string;
  /** Of the image; what is no multiple of 512 is cut off. The content and some room when not given, at least 2.1 MB. */
  readonly sizeBytes?: number | undefined;
  /** The time of every file, in UTC; 1980 when not given, for the same input gives the same bytes. */
  readonly modified?: Instant | undefined;
}

const MAX_FILE_BYTES = 0xffff_ffff;
/** Other systems refuse a directory beyond 2 MiB. */
const MAX_ENTRIES = 65536;

/**
 * A FAT volume without a partition table: FAT16 up to 512 MiB, else FAT32, with VFAT long names. FAT has no modes
 * and no owners: **every file becomes readable to whoever the reader lets read**, so an image of keys is only for
 * readers that mount it for root alone.
 * Source: the FAT specification 1.03 of Microsoft, the VFAT long-name entries included.
 * @throws InputError naming each path that cannot be represented, names that differ in case only included, or the
 *   label, or a size that is too small
 * @throws WorkError when the image is larger than memory can hold in one piece
 */
export function fatImage(tree: FileTree, options: FatOptions): Uint8Array {
  checkLabel(options.label);
  const root = buildTree(tree, checkNode);
  checkDirectories(root);
  const layout = planFat(root, options.sizeBytes);
  const image = allocate(layout);
  writeBootSectors(image, layout, { label: options.label, serial: serialOf(tree, options.label) });
  writeTables(image, layout);
  new DirectoryWriter(image, layout, root, options.modified ?? 0).write(options.label);
  for (const node of layout.chains.keys()) {
    if (node.kind === 'file' && node.entry.content.length > 0) image.set(node.entry.content, nodeOffset(layout, node));
  }
  return image;
}

function checkLabel(label: string): void {
  if (/^[!-~]([ -~]{0,9}[!-~])?$/.test(label) && !/["*+,./:;<=>?[\]\\|]/.test(label)) return;
  const message = `the FAT label ${JSON.stringify(label)} is not 1 to 11 printable ASCII characters without "*+,./:;<=>?[]\\|`;
  throw inputError('bad-volume-id', message, 'use a label such as config-2 or cidata', label);
}

function checkNode(node: Node): Problem | undefined {
  if (node.kind === 'file' && node.entry.content.length > MAX_FILE_BYTES) {
    return pathProblem('file-too-large', node.path, 'has 4 GiB or more', 'fetch it at run time instead');
  }
  return checkName(node);
}

function checkDirectories(root: Directory): void {
  const problems = caseProblems(root);
  const check = (directory: Directory): void => {
    if (countEntries(directory, root) > MAX_ENTRIES) {
      const message = `holds more than ${(MAX_ENTRIES * ENTRY) / 1024 / 1024} MiB of names, the most in FAT`;
      problems.push(pathProblem('too-many-files', directory.path, message, 'put the files into several directories'));
    }
    for (const child of directory.children) if (child.kind === 'directory') check(child);
  };
  check(root);
  if (problems.length > 0) throw new InputError(problems);
}

function allocate({ geometry }: FatLayout): Buffer {
  const bytes = geometry.totalSectors * SECTOR;
  if (bytes <= constants.MAX_LENGTH) return Buffer.alloc(bytes);
  const message = `the image would have ${bytes} bytes, and this Node.js holds at most ${constants.MAX_LENGTH}`;
  throw new WorkError(message, 'give a smaller size: the drive may be larger than the image on it');
}

/** The serial number follows from the content, so that two drives differ and two runs do not. */
function serialOf(tree: FileTree, label: string): number {
  return tree.reduce((sum, { path, content }) => crc32(content, crc32(path, sum)), crc32(label));
}
