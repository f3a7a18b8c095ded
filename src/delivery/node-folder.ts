import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileEntry, FileTree } from '../support/files.js';
import { DRIVE_FOLDER, nodeFolder } from './node-folders.js';
import { below, type OutputFolder } from './output-folder.js';
import type { WriteAction } from './plan-writes.js';

/** What is to be done about one machine's folder. */
export interface NodeFolderPlan {
  readonly actions: readonly WriteAction[];
  /** Outputs of earlier builds that are wanted no more. */
  readonly removals: readonly string[];
  /** Files the user put among those of the drive, relative to the cluster's folder; they go on it. */
  readonly extras: readonly string[];
}

/**
 * Plans a machine's folder. Its drive is made from the folder as it will be on disk: with the edits that are
 * kept and the files the user added, so that the drive never contradicts what can be seen.
 *
 * @param files relative to the node folder, the drive's image not among them.
 * @param earlier outputs of earlier builds in this folder, relative to the cluster's.
 * @param makeDrive the image from files relative to the node folder; see `configDrive` of generate.ts.
 */
export function planNodeFolder(
  output: OutputFolder,
  machine: string,
  files: FileTree,
  earlier: readonly string[],
  makeDrive: (files: FileTree) => Uint8Array,
): NodeFolderPlan {
  const folder = nodeFolder(machine);
  const drive = `${folder}/config.iso`;
  const actions = output.plan(below(folder, files));
  const wanted = new Set([...actions.map(({ entry }) => entry.path), drive]);
  const removals = output.planRemovals(earlier.filter((path) => !wanted.has(path)));
  const gone = new Set(removals);
  const extras = listFiles(output.folder, `${folder}/${DRIVE_FOLDER}`).filter(
    (path) => !wanted.has(path) && !gone.has(path),
  );
  const content = [
    ...actions.map((action) => onDisk(output, action)),
    ...extras.map((path) => readEntry(output, path)),
  ];
  const image = makeDrive(content.map((entry) => ({ ...entry, path: entry.path.slice(folder.length + 1) })));
  const [driveAction] = output.plan([{ path: drive, mode: 0o600, content: image }]);
  return { actions: driveAction === undefined ? actions : [...actions, driveAction], removals, extras };
}

function onDisk(output: OutputFolder, { kind, entry }: WriteAction): FileEntry {
  return kind === 'keep' ? readEntry(output, entry.path) : entry;
}

function readEntry({ folder }: OutputFolder, path: string): FileEntry {
  return { path, mode: 0o400, content: readFileSync(join(folder, path)) };
}

/** Plain files below a folder, relative to the cluster's; what a crash left of a write is none. */
function listFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.ironkeel-'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch {
    return [];
  }
}
