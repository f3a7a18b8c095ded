import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run.js';

const CACHE = join(homedir(), '.cache/ironkeel/conformance');

/**
 * Unpacks the cloud-init of a Debian release, whatever release this machine runs, and gives the folder of its
 * Python packages. Comes through apt with lists of its own, from the mirror this machine uses.
 */
export async function unpackCloudInit(codename: string): Promise<string> {
  const folder = join(CACHE, `cloud-init-${codename}`);
  const unpacked = await stat(join(folder, 'root')).catch(() => undefined);
  if (unpacked === undefined) await download(codename, folder);
  return join(folder, 'root/usr/lib/python3/dist-packages');
}

async function download(codename: string, folder: string): Promise<void> {
  const apt = await aptArguments(codename, folder);
  await mustRun('apt-get', [...apt, 'update']);
  // `download` writes to the working directory, which only a shell can change for it.
  await mustRun('sh', ['-c', 'cd "$0" && exec apt-get "$@"', folder, ...apt, 'download', 'cloud-init']);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get downloaded no cloud-init of ${codename}`);
  await mustRun('dpkg-deb', ['-x', join(folder, archive), join(folder, 'partial')]);
  await rename(join(folder, 'partial'), join(folder, 'root'));
}

async function aptArguments(codename: string, folder: string): Promise<string[]> {
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  const sources = join(folder, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(sources, `deb [signed-by=${keyring}] ${await debianMirror()} ${codename} main\n`);
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  };
  return ['-q', ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
}

/** Where this machine has Debian's main archive from; `apt-get update` must have run. */
async function debianMirror(): Promise<string> {
  const filters = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const targets = await mustRun('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters]);
  const [mirror] = targets.trim().split('\n');
  if (mirror === undefined || mirror === '') throw new Error('apt knows no Debian archive; run apt-get update');
  return mirror;
}
