import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileTree } from '../../../src/support/files.js';

/** Path → `MODE SHA-256` of a file, with the mode only where both sides know it. */
export type Listing = Record<string, string>;

/** What of a tree a reader can see: FAT and Joliet have no modes. */
export interface Visible {
  readonly modes: boolean;
}

/** What a reader of an image has to see. */
export function listFiles(tree: FileTree, { modes }: Visible): Listing {
  return sorted(tree.map(({ path, mode, content }) => [path, describe(modes ? mode : undefined, sha256(content))]));
}

/** What a reader of an image has written into a folder. */
export async function listFolder(folder: string, visible: Visible, base = ''): Promise<Listing> {
  const rows: [string, string][] = [];
  for (const name of await readdir(join(folder, base))) {
    const path = join(base, name);
    const stat = await lstat(join(folder, path));
    if (stat.isDirectory()) rows.push(...Object.entries(await listFolder(folder, visible, path)));
    else {
      const mode = visible.modes ? stat.mode & 0o7777 : undefined;
      rows.push([path, describe(mode, sha256(await readFile(join(folder, path))))]);
    }
  }
  return sorted(rows);
}

/** One row of a listing. */
export function describe(mode: number | undefined, digest: string): string {
  return mode === undefined ? digest : `${mode.toString(8)} ${digest}`;
}

/** Every directory that the files of a tree imply. */
export function directoriesOf(tree: FileTree): string[] {
  const all = tree.flatMap(({ path }) => {
    const names = path.split('/').slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join('/'));
  });
  return [...new Set(all)].sort();
}

/** Writes a tree into a folder, for programs that make an image of one. */
export async function writeFolder(folder: string, tree: FileTree): Promise<void> {
  for (const { path, mode, content } of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode });
  }
}

/** Rows in the order of their paths, so that a difference is easy to read. */
export function sorted(rows: readonly [string, string][]): Listing {
  return Object.fromEntries([...rows].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
