// Makes or refreshes a bundle's folder: `node main.mjs FOLDER [KUBERNETES_VERSION] [--with acme]`, through bundle.sh.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUNDLE_FILE, parseBundle, serialiseBundle } from '../../../dist/releases/bundle.js';
import { componentVersions, defaultKubernetesVersion } from '../../../dist/releases/catalogue.js';
import { componentImages } from '../../../dist/releases/images.js';
import { artefacts } from './artefacts.mjs';
import { sha256, writeAtomically } from './cache.mjs';
import { images } from './images.mjs';

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { with: { type: 'string', multiple: true, default: [] } },
  });
  const [folder, kubernetes = defaultKubernetesVersion] = positionals;
  refresh(resolve(folder), kubernetes, values.with);
} catch (error) {
  console.error(`the bundle is not made: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

function refresh(target, version, more) {
  const versions = componentVersions(version);
  const writers = writersHash();
  const files = artefacts(version, writers);
  const archives = images(componentImages(version, versions.etcd), { ...versions, kubernetes: version }, writers, more);
  for (const { path, file } of files) place(file, join(target, path));
  for (const { archive, file } of archives) place(file, join(target, archive));
  const text = serialiseBundle({ version: 1, kubernetes: version, architectures: ['amd64'], files, images: archives });
  removeStale(target, text);
  if (readText(join(target, BUNDLE_FILE)) !== text) writeAtomically(join(target, BUNDLE_FILE), text);
  console.log(`${target}: Kubernetes ${version}, ${files.length} downloads, ${archives.length} images`);
}

/** Changes with everything that decides about the bytes of an archive and is no program. */
function writersHash() {
  const here = dirname(fileURLToPath(import.meta.url));
  const dist = join(here, '../../../dist/artifacts');
  const modules = ['oci.js', 'oci/layer.js', 'ustar/member.js', 'tar.js', 'tree.js'].map((name) => join(dist, name));
  const own = ['artefacts.mjs', 'debian.mjs', 'images.mjs'].map((name) => join(here, name));
  return sha256([...modules, ...own].map((file) => readFileSync(file, 'utf8')).join('\0'));
}

/** A link to the cache's file where one file system holds both: hundreds of megabytes need no copy. */
function place(file, target) {
  if (isSame(file, target)) return;
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { force: true });
  try {
    linkSync(file, target);
  } catch {
    copyFileSync(file, target);
  }
}

function isSame(file, target) {
  const [cached, present] = [statSync(file), statSync(target, { throwIfNoEntry: false })];
  return present !== undefined && present.ino === cached.ino && present.dev === cached.dev;
}

/** What the last bundle of this folder had and this one has not; nobody else's files. */
function removeStale(target, text) {
  const before = readText(join(target, BUNDLE_FILE));
  if (before === undefined) return;
  const kept = new Set(pathsOf(text));
  for (const path of pathsOf(before)) if (!kept.has(path)) rmSync(join(target, path), { force: true });
}

function pathsOf(text) {
  const { files, images: archives } = parseBundle(text);
  return [...files.map(({ path }) => path), ...archives.map(({ archive }) => archive)];
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
