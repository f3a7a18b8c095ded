import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostFile, SealedConfig } from '../../../src/plan/types.js';
import type { FileTree } from '../../../src/support/files.js';

/** `PATH` → `MODE UID:GID CONTENT` in hexadecimal, or `-> TARGET`: two such maps compare with a readable difference. */
export type Listing = Record<string, string>;

/** Every file and link below a folder, paths as seen from inside it. */
export async function listTree(root: string, folder = '/'): Promise<Listing> {
  const listing: Listing = {};
  for (const { name } of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, name);
    const stat = await lstat(join(root, path));
    if (stat.isDirectory()) Object.assign(listing, await listTree(root, path));
    else if (stat.isSymbolicLink()) listing[path] = `-> ${await readlink(join(root, path))}`;
    else listing[path] = describeFile(stat.mode & 0o7777, stat.uid, stat.gid, await readFile(join(root, path)));
  }
  return listing;
}

/** What the machine holds of a configuration before adoption: the payload, and what adoption needs. */
export function expectedBeforeAdoption(sealed: SealedConfig): Listing {
  const incoming = `/var/lib/ironkeel/incoming/${sealed.generation}`;
  const listing: Listing = { [`${incoming}/manifest`]: describeFile(0o600, 0, 0, Buffer.from(sealed.manifest)) };
  for (const { path, content } of sealed.files) listing[`${incoming}/root${path}`] = describeFile(0o600, 0, 0, content);
  for (const { name, content, dropIns } of sealed.bootUnits) {
    const path = `/etc/systemd/system/${name}`;
    if (content !== undefined) listing[path] = describeFile(0o644, 0, 0, Buffer.from(content));
    for (const part of dropIns)
      listing[`${path}.d/${part.name}`] = describeFile(0o644, 0, 0, Buffer.from(part.content));
  }
  return listing;
}

export function describe({ mode, uid, gid, content }: HostFile): string {
  return describeFile(mode, uid, gid, content);
}

export function describeFile(mode: number, uid: number, gid: number, content: Uint8Array): string {
  return `${mode.toString(8)} ${uid}:${gid} ${Buffer.from(content).toString('hex')}`;
}

/** Writes rendered documents to a folder. */
export async function writeTree(folder: string, tree: FileTree): Promise<void> {
  for (const { path, mode, content } of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode });
  }
}

/** A minimal root folder: the accounts that a system's image brings along. */
export async function seedAccounts(root: string, accounts: readonly { name: string; id: number }[]): Promise<void> {
  const lines = (line: (account: { name: string; id: number }) => string) =>
    accounts.map((one) => `${line(one)}\n`).join('');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(
    join(root, 'etc/passwd'),
    lines(({ name, id }) => `${name}:x:${id}:${id}::/${id === 0 ? 'root' : `home/${name}`}:/bin/bash`),
  );
  await writeFile(
    join(root, 'etc/group'),
    lines(({ name, id }) => `${name}:x:${id}:`),
  );
  await writeFile(
    join(root, 'etc/shadow'),
    lines(({ name }) => `${name}:*:::::::`),
  );
}
