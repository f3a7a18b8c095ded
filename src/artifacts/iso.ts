import { constants } from 'node:buffer';
import type { Instant } from '../support/clock.js';
import type { FileTree } from '../support/files.js';
import { inputError, type Problem, WorkError } from '../support/problem.js';
import { writeDescriptors } from './iso9660/descriptors.js';
import { type Layout, planLayout } from './iso9660/layout.js';
import { SECTOR } from './iso9660/numbers.js';
import { checkNameLength, directoryAttributes, RockRidge } from './iso9660/rock-ridge.js';
import { VolumeWriter } from './iso9660/writer.js';
import { buildTree, type Node, pathProblem } from './tree.js';

/** What an ISO image is called and how old it looks. */
export interface IsoOptions {
  /** Written as it is given into both descriptors: 1 to 16 printable ASCII characters, such as `config-2`. */
  readonly volumeId: string;
  /** The time of every file and of the volume; 1970 when not given, for the same input gives the same bytes. */
  readonly modified?: Instant | undefined;
}

const MAX_FILE_BYTES = 0xffff_ffff;
/** Numbers of parent directories in a path table have 16 bits. */
const MAX_DIRECTORIES = 0xffff;

/**
 * An ISO 9660 level 3 image of a tree with Rock Ridge (names up to 253 bytes, modes as given, owner root) and
 * Joliet. Directories are 0555, or 0500 where they lead to nothing but files that only their owner may use.
 * Joliet and plain ISO 9660 names that their rules forbid are replaced by distinct similar ones.
 * Sources: ECMA-119, SUSP 1.12, RRIP 1.09, the Joliet specification.
 * @example isoImage([textFile('openstack/latest/user_data', '#cloud-config\n', 0o400)], { volumeId: 'config-2' })
 * @returns the whole image, a multiple of 2048 bytes
 * @throws InputError naming each path that cannot be represented, or the volume id
 * @throws WorkError when the image is larger than memory can hold in one piece
 */
export function isoImage(tree: FileTree, options: IsoOptions): Uint8Array {
  checkVolumeId(options.volumeId);
  const root = buildTree(tree, checkNode);
  const directories = directoryAttributes(root);
  checkDirectoryCount(directories.size);
  const layout = planLayout(root);
  const image = allocate(layout);
  const modified = options.modified ?? 0;
  const facts = { volumeId: options.volumeId, modified, sectors: layout.sectors };
  writeDescriptors(image, facts, layout.primary, layout.joliet);
  const rockRidge = new RockRidge(image, modified, layout.continuationArea, directories);
  new VolumeWriter(image, layout, layout.primary, modified, rockRidge).write(0);
  new VolumeWriter(image, layout, layout.joliet, modified, undefined).write(1);
  for (const [file, sector] of layout.extents) image.set(file.entry.content, sector * SECTOR);
  return image;
}

function checkVolumeId(volumeId: string): void {
  if (/^[!-~]([ -~]{0,14}[!-~])?$/.test(volumeId)) return;
  const message = `the volume id ${JSON.stringify(volumeId)} is not 1 to 16 printable ASCII characters`;
  throw inputError('bad-volume-id', message, 'use a volume id such as config-2 or cidata', volumeId);
}

function checkNode(node: Node): Problem | undefined {
  if (node.kind === 'file' && node.entry.content.length > MAX_FILE_BYTES) {
    return pathProblem('file-too-large', node.path, 'has 4 GiB or more', 'fetch it at run time instead');
  }
  return checkNameLength(node);
}

function checkDirectoryCount(count: number): void {
  if (count <= MAX_DIRECTORIES) return;
  const message = `an ISO image holds at most ${MAX_DIRECTORIES} directories, and this tree has ${count}`;
  throw inputError('too-many-directories', message, 'put the files into fewer directories');
}

function allocate({ sectors }: Layout): Buffer {
  const bytes = sectors * SECTOR;
  if (bytes <= constants.MAX_LENGTH) return Buffer.alloc(bytes);
  const message = `the image would have ${bytes} bytes, and this Node.js holds at most ${constants.MAX_LENGTH}`;
  throw new WorkError(message, 'put less on the drive: machines can fetch large files at run time');
}
