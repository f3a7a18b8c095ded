import type { FileTree } from '../../support/files.js';
import { inputError, type Problem } from '../../support/problem.js';
import { buildTree, type Node, pathProblem } from '../tree.js';
import {
  BLOCK,
  checkId,
  checkLink,
  DIRECTORY,
  type Header,
  MAX_SIZE,
  padded,
  paxLength,
  planPath,
  REGULAR_FILE,
  SYMBOLIC_LINK,
  writeMember,
  writePax,
} from '../ustar/member.js';

/** One entry of a layer. Paths are relative, `/` is the separator; owner and group are 0 (root) when not given. */
export type LayerEntry = LayerFile | LayerLink | LayerDirectory;

interface Owned {
  readonly path: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** The entries of a `FileTree` are such files. */
export interface LayerFile extends Owned {
  /** Permission bits, such as 0o755. */
  readonly mode: number;
  readonly content: Uint8Array;
}

export interface LayerLink extends Owned {
  /** Where the symbolic link leads, such as `../usr/bin`. */
  readonly link: string;
}

/** Needed for an empty directory, or one with a mode of its own such as 0o1777; others come with their files. */
export interface LayerDirectory extends Owned {
  readonly directory: true;
  readonly mode: number;
}

interface Member {
  readonly pax: Buffer | undefined;
  readonly header: Header;
  readonly content: Uint8Array;
}

/** A layer that is laid out but not written: its size is known, so that it can be written where it is to lie. */
export interface PlannedLayer {
  /** Bytes, the final zero blocks counted. */
  readonly size: number;
  readonly members: readonly Member[];
}

const NOTHING = new Uint8Array(0);

/**
 * Lays out the tar archive of a layer, in the order given, every time 1970.
 * Source: OCI image specification 1.1, "Image Layer Filesystem Changeset".
 * @throws InputError naming each unsafe, duplicate or contradicting path, an owner or a link that does not fit
 */
export function planLayer(entries: readonly LayerEntry[]): PlannedLayer {
  checkPaths(entries);
  const members = entries.map(planMember);
  const size = members.reduce((sum, { pax, content }) => sum + paxLength(pax) + BLOCK + padded(content.length), 0);
  return { size: size + 2 * BLOCK, members };
}

/** Writes a layer; the archive holds zeros there. */
export function writeLayer(archive: Buffer, offset: number, layer: PlannedLayer): void {
  let at = offset;
  for (const { pax, header, content } of layer.members) {
    at = writeMember(archive, writePax(archive, at, pax, 0), header, content);
  }
}

function planMember(entry: LayerEntry): Member {
  // A directory's name ends in a slash, which the readers of old archives go by.
  const { pax, ...name } = planPath('directory' in entry ? `${entry.path}/` : entry.path);
  const content = 'content' in entry ? entry.content : NOTHING;
  const owner = { uid: checkId(entry.path, entry.uid ?? 0), gid: checkId(entry.path, entry.gid ?? 0) };
  const header = { ...name, ...kindOf(entry), ...owner, size: content.length, seconds: 0 };
  return { pax, header, content };
}

function kindOf(entry: LayerEntry): Pick<Header, 'type' | 'mode' | 'link'> {
  if ('link' in entry) return { type: SYMBOLIC_LINK, mode: 0o777, link: checkLink(entry.path, entry.link) };
  return { type: 'directory' in entry ? DIRECTORY : REGULAR_FILE, mode: entry.mode & 0o7777 };
}

/** Files and links are leaves of one tree; a directory is none of them, and lies below none. */
function checkPaths(entries: readonly LayerEntry[]): void {
  const leaves: FileTree = entries
    .filter((entry) => !('directory' in entry))
    .map((entry) => ({ mode: 0, content: NOTHING, ...entry }));
  buildTree(leaves, checkSize);
  const taken = new Set(leaves.map(({ path }) => path));
  for (const { path } of entries.filter((entry) => 'directory' in entry)) {
    buildTree([{ path, mode: 0, content: NOTHING }], () => undefined);
    const clash = pathsTo(path).find((each) => taken.has(each));
    if (clash !== undefined) throw twice(clash);
  }
}

/** `a/b/c` → `a`, `a/b`, `a/b/c` */
function pathsTo(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function twice(path: string) {
  const message = `${JSON.stringify(path)} is given as a directory and as something else`;
  return inputError('duplicate-path', message, 'keep one of the two', path);
}

function checkSize(node: Node): Problem | undefined {
  if (node.kind === 'directory' || node.entry.content.length <= MAX_SIZE) return undefined;
  return pathProblem('file-too-large', node.path, 'has 8 GiB or more', 'fetch it at run time instead');
}
