// Programs of Debian packages for images: the program, the libraries it needs, and the loader.
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = join(dirname(dirname(fileURLToPath(import.meta.url))), 'debian.sh');
const PACKAGES = [
  'busybox-static',
  'conntrack',
  'curl',
  'haproxy',
  'iproute2',
  'ipset',
  'iptables',
  'keepalived',
  'kmod',
  'netbase',
  'nftables',
  'nginx',
];
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const LOADER = 'ld-linux-x86-64.so.2';
const ELF = Buffer.from('\x7fELF', 'latin1');
/** Debian's directories are links into /usr. */
const MERGED_USR = ['bin', 'sbin', 'lib', 'lib64'].map((path) => ({ path, link: `usr/${path}` }));

/** The folder with the unpacked packages. */
export function debianRoot() {
  return execFileSync('bash', [SCRIPT, ...PACKAGES], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** `haproxy 3.0.11-1+deb13u5`, as a label says it. */
export function debianVersion(root, name) {
  const line = readFileSync(join(root, 'packages'), 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name} `));
  return `Debian's ${line}`;
}

/**
 * The entries of a layer with these programs, folders of modules and whatever they need.
 * @param paths relative to the root, such as `usr/sbin/nft`
 */
export function debianEntries(root, paths) {
  const programs = paths.flatMap((path) => filesBelow(root, path));
  const libraries = new Set(programs.flatMap((path) => librariesOf(root, path)));
  const loader = { ...fileEntry(root, `${LIBRARIES}/${LOADER}`), path: `usr/lib64/${LOADER}` };
  const files = [...new Set([...programs, ...libraries])].sort().map((path) => fileEntry(root, path));
  return [...MERGED_USR, loader, ...files];
}

/** A static busybox under every name it has, or under the names given. */
export function busyboxEntries(root, applets) {
  const program = 'usr/bin/busybox';
  const all = execFileSync(join(root, program), ['--list'], { encoding: 'utf8' }).trim().split('\n');
  const names = applets === 'all' ? all.filter((name) => name !== 'busybox') : applets;
  const missing = names.filter((name) => !all.includes(name));
  if (missing.length > 0) throw new Error(`Debian's busybox has no ${missing.join(', ')}`);
  return [fileEntry(root, program), ...names.map((name) => ({ path: `usr/bin/${name}`, link: 'busybox' }))];
}

export const mergedUsr = MERGED_USR;

function filesBelow(root, path) {
  if (!lstatSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/** What the loader of these packages, not the host's, would load. */
function librariesOf(root, path) {
  if (!readFileSync(join(root, path)).subarray(0, 4).equals(ELF)) return [];
  const folder = join(root, LIBRARIES);
  const args = ['--library-path', folder, '--list', join(root, path)];
  const listed = execFileSync(join(folder, LOADER), args, { encoding: 'utf8' });
  if (listed.includes('not found')) throw new Error(`a library of ${path} is missing:\n${listed}`);
  return [...listed.matchAll(/=> (\S+)/g)]
    .map(([, file]) => relative(root, file ?? ''))
    .filter((file) => !file.endsWith(LOADER));
}

/** Under the name it is asked by, with what a link leads to. */
function fileEntry(root, path) {
  const file = realpathSync(join(root, path));
  return { path, mode: lstatSync(file).mode & 0o777, content: readFileSync(file) };
}
