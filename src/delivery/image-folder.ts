import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { FileEntry, FileTree } from '../support/files.js';
import { inputError } from '../support/problem.js';
import { DRIVE_FOLDER } from './node-folders.js';

/** Files on a drive are for root alone: it carries keys. */
const DRIVE_MODE = 0o400;

export interface ImageSource {
  /** Absolute: where the drive's root is. */
  readonly root: string;
  /** Where the image goes unless told otherwise, without an extension. */
  readonly image: string;
  /** The machine, when the folder is one of `inventory/node-NAME`. */
  readonly machine?: string | undefined;
}

/**
 * What a folder the user names stands for: a node folder (its `cloud-config` folder becomes `config.iso` in
 * it), or any folder (an image of it goes beside it).
 *
 * @throws InputError when it is no folder.
 */
export function imageSource(folder: string): ImageSource {
  if (!isFolder(folder)) {
    throw inputError('no-folder', `${folder} is no folder`, 'Name a folder, such as inventory/node-worker1');
  }
  const drive = join(folder, DRIVE_FOLDER);
  if (!isFolder(drive)) return { root: folder, image: folder };
  const name = basename(folder);
  const machine = name.startsWith('node-') ? name.slice('node-'.length) : undefined;
  return { root: drive, image: join(folder, 'config'), ...(machine === undefined ? {} : { machine }) };
}

/**
 * The files of a folder as a drive holds them: sorted, mode 0400, temporary files of ours left out.
 *
 * @throws InputError for what a drive cannot hold as it is (links, sockets) and for an empty folder.
 */
export function readImageFolder(root: string): FileTree {
  const files = readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.ironkeel-'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path).split(sep).join('/');
      if (!entry.isFile()) throw notAFile(path);
      return { path: name, mode: DRIVE_MODE, content: readFileSync(path) };
    });
  if (files.length === 0) {
    throw inputError('empty-folder', `${root} holds no file`, 'Run `ironkeel build` first, or name another folder');
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function notAFile(path: string) {
  return inputError(
    'not-a-file',
    `${path} is a link or a special file`,
    'Put the file itself there: a drive holds files only',
  );
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const OPENSTACK = 'openstack/latest/';

/** The files of a NoCloud drive by the file of the config drive they are made from. */
const NOCLOUD_NAMES: Readonly<Record<string, string>> = { user_data: 'user-data', 'network-config': 'network-config' };

/**
 * A config drive's files as cloud-init's NoCloud data source wants them: `user-data` and `meta-data` in the root.
 * Files in the root of the folder, such as a `network-config`, go along.
 *
 * @throws InputError when the folder has no `user_data` and no `user-data`.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 */
export function asNoCloud(tree: FileTree, encodeMetadata: (values: Record<string, string>) => string): FileTree {
  const files = tree.filter(({ path }) => !path.startsWith('openstack/'));
  const names = new Set(files.map(({ path }) => path));
  const add = (entry: FileEntry) => {
    if (!names.has(entry.path)) files.push(entry);
    names.add(entry.path);
  };
  for (const entry of tree) {
    const name = entry.path.startsWith(OPENSTACK) ? NOCLOUD_NAMES[entry.path.slice(OPENSTACK.length)] : undefined;
    if (name !== undefined) add({ ...entry, path: name });
  }
  add({ path: 'meta-data', mode: DRIVE_MODE, content: Buffer.from(encodeMetadata(metadataOf(tree))) });
  if (!names.has('user-data')) {
    throw inputError(
      'no-user-data',
      'the folder has neither openstack/latest/user_data nor user-data',
      'Name the folder of a machine that runs cloud-init',
    );
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function metadataOf(tree: FileTree): Record<string, string> {
  const file = tree.find(({ path }) => path === `${OPENSTACK}meta_data.json`);
  const { uuid, hostname } = file === undefined ? {} : parseMetadata(file);
  return {
    'instance-id': uuid ?? 'ironkeel',
    ...(hostname === undefined ? {} : { 'local-hostname': hostname }),
  };
}

function parseMetadata({ content }: FileEntry): { uuid?: string; hostname?: string } {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    throw inputError('bad-metadata', 'meta_data.json is no JSON', 'Correct it, or delete it and run `ironkeel build`');
  }
}
