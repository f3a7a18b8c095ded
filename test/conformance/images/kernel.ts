import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from '../support/run.js';

/** A kernel to boot in a guest, unpacked and never installed. */
export interface Kernel {
  readonly image: string;
  /** `/lib/modules/VERSION/kernel` of it. */
  readonly modules: string;
}

const META_PACKAGE = 'linux-image-cloud-amd64';
const CACHE = join(homedir(), '.cache/ironkeel/kernel');

/** Debian's kernel for virtual machines, downloaded once into the user's cache. */
export async function fetchKernel(): Promise<Kernel> {
  const unpacked = join(CACHE, 'unpacked');
  const present = (await readdir(unpacked).catch(() => [])).length > 0;
  if (!present) await unpackKernel(unpacked);
  const [image = ''] = (await readdir(join(unpacked, 'boot'))).filter((name) => name.startsWith('vmlinuz-'));
  const version = image.replace('vmlinuz-', '');
  // Debian 13 keeps modules below /usr.
  const [modules = ''] = await existing([join(unpacked, 'lib/modules'), join(unpacked, 'usr/lib/modules')]);
  return { image: join(unpacked, 'boot', image), modules: join(modules, version, 'kernel') };
}

async function unpackKernel(target: string): Promise<void> {
  const scratch = `${target}.part`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await download(scratch);
  const [archive = ''] = (await readdir(scratch)).filter((name) => name.endsWith('.deb'));
  await mustRun('dpkg-deb', ['-x', join(scratch, archive), join(scratch, 'root')]);
  await rename(join(scratch, 'root'), target);
  await rm(scratch, { recursive: true });
}

async function download(folder: string): Promise<void> {
  const fetch = async () => {
    const depends = await mustRun('apt-cache', ['depends', META_PACKAGE]);
    const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1] ?? META_PACKAGE;
    return run('sh', ['-c', 'cd "$1" && apt-get download "$2"', 'sh', folder, name]);
  };
  const first = await fetch().catch((error: unknown) => ({ code: 1, output: String(error) }));
  if (first.code === 0) return;
  // Stale lists name versions that the mirror has replaced.
  await mustRun('apt-get', ['update', '-qq']);
  const second = await fetch();
  if (second.code !== 0) throw new Error(`cannot download a kernel:\n${second.output}`);
}

async function existing(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => ((await readdir(folder).catch(() => [])).length > 0 ? [folder] : [])),
  );
  return found.flat();
}
