import type { FileEntry, FileTree } from '../support/files.js';
import { InputError, type Problem } from '../support/problem.js';
import { isWellFormed } from './utf16.js';

/** A file in a {@link Directory}; `name` is the last component of its path. */
export interface TreeFile {
  readonly kind: 'file';
  readonly name: string;
  readonly path: string;
  readonly entry: FileEntry;
}

/** A directory of an image. The root has the empty name and path and is its own parent. */
export interface Directory {
  readonly kind: 'directory';
  readonly name: string;
  readonly path: string;
  readonly parent: Directory;
  /** Sorted by name (UTF-16 code units), so that the order of the input does not change the bytes. */
  readonly children: readonly Node[];
}

export type Node = TreeFile | Directory;

/** What keeps one name, or one file, from being written in a format; `undefined` when nothing does. */
export type NodeRule = (node: Node) => Problem | undefined;

interface OpenDirectory extends Directory {
  readonly children: Node[];
  readonly byName: Map<string, TreeFile | OpenDirectory>;
}

/**
 * The directories and files that a flat list of paths means, checked against what any format can hold
 * and against the rule of one of them.
 * @throws InputError with every bad, duplicate or contradicting path at once
 */
export function buildTree(files: FileTree, rule: NodeRule): Directory {
  const problems: Problem[] = [];
  const root = openDirectory('', '');
  for (const entry of files) {
    const problem = checkPath(entry.path) ?? insert(root, entry);
    if (problem !== undefined) problems.push(problem);
  }
  applyRule(root, rule, problems);
  if (problems.length > 0) throw new InputError(problems);
  return root;
}

/** An error about a path of an image. */
export function pathProblem(code: string, path: string, message: string, remedy: string): Problem {
  return { severity: 'error', code, message: `${JSON.stringify(path)} ${message}`, remedy, value: path };
}

function openDirectory(name: string, path: string, parent?: OpenDirectory): OpenDirectory {
  const directory: Omit<OpenDirectory, 'parent'> & { parent?: Directory } = {
    kind: 'directory',
    name,
    path,
    children: [],
    byName: new Map(),
  };
  directory.parent = parent ?? (directory as OpenDirectory);
  return directory as OpenDirectory;
}

/** Linux opens no longer path (PATH_MAX, its final NUL not counted). */
const MAX_PATH_BYTES = 4095;

function checkPath(path: string): Problem | undefined {
  const refuse = (message: string, remedy: string) => pathProblem('bad-path', path, message, remedy);
  if (path.includes('\0')) return refuse('holds a NUL character', 'rename the file');
  if (!isWellFormed(path)) return refuse('is no valid Unicode text', 'rename the file to valid UTF-8');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    return pathProblem(
      'path-too-long',
      path,
      `has more than ${MAX_PATH_BYTES} bytes`,
      'use fewer or shorter directories',
    );
  }
  for (const name of path.split('/')) {
    if (name === '') return refuse('has an empty component', 'use a relative path without "//" and a final "/"');
    if (name === '.' || name === '..') return refuse(`has the component "${name}"`, 'use a path below the root');
  }
  return undefined;
}

function insert(root: OpenDirectory, entry: FileEntry): Problem | undefined {
  const names = entry.path.split('/');
  const last = names.pop() ?? '';
  let directory = root;
  for (const name of names) {
    const next = directory.byName.get(name) ?? addDirectory(directory, name);
    if (next.kind === 'file') return contradiction(next.path);
    directory = next;
  }
  const present = directory.byName.get(last);
  if (present?.kind === 'directory') return contradiction(entry.path);
  if (present !== undefined) return pathProblem('duplicate-path', entry.path, 'is given twice', 'keep one of the two');
  const file: TreeFile = { kind: 'file', name: last, path: entry.path, entry };
  directory.byName.set(last, file);
  directory.children.push(file);
  return undefined;
}

function addDirectory(parent: OpenDirectory, name: string): OpenDirectory {
  const directory = openDirectory(name, parent.path === '' ? name : `${parent.path}/${name}`, parent);
  parent.byName.set(name, directory);
  parent.children.push(directory);
  return directory;
}

function contradiction(path: string): Problem {
  return pathProblem('file-as-directory', path, 'is used as a file and as a directory', 'rename one of the two');
}

function applyRule(directory: OpenDirectory, rule: NodeRule, problems: Problem[]): void {
  directory.children.sort(byName);
  for (const child of directory.children as (TreeFile | OpenDirectory)[]) {
    const problem = rule(child);
    if (problem !== undefined) problems.push(problem);
    if (child.kind === 'directory') applyRule(child, rule, problems);
  }
}

function byName(left: Node, right: Node): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
