import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Registry as RegistrySetting } from '../../inventory/types.js';
import { BUNDLE_FILE, type Bundle, type BundleFile, type BundleImage, serialiseBundle } from '../../releases/bundle.js';
import { WorkError } from '../../support/problem.js';
import { writeFileAtomically } from '../atomic-file.js';
import { download, fileSha256, isLoopback, onMirror, sizeOf } from './http.js';
import { writeImageArchive } from './image-archive.js';
import { type ChecksumSources, type SettledFile, settleChecksums } from './published.js';
import { archivePath, parseReference } from './reference.js';
import { type Descriptor, Registry } from './registry.js';
import { findBundle } from './verify.js';
import type { WantedBundle, WantedImage } from './wanted.js';

export interface FillOptions extends ChecksumSources {
  /** Mirrors of registries, as the inventory has them. */
  readonly registries: readonly RegistrySetting[];
}

export interface Filled {
  readonly bundle: Bundle;
  /** Paths that were not there before. */
  readonly fetched: readonly string[];
}

/** Blobs of images, until their archives are whole: a run that was cut continues with them. */
const BLOBS = '.blobs';

/**
 * Fetches what a folder lacks and writes its `bundle.json`, last of all. What is there and unharmed stays; whatever
 * is fetched is checked before it gets its name.
 *
 * @throws WorkError when something cannot be had, or is not what it should be.
 */
export async function fillBundle(folder: string, wanted: WantedBundle, options: FillOptions): Promise<Filled> {
  mkdirSync(folder, { recursive: true });
  const known = findBundle(folder);
  const fetched: string[] = [];
  const files: BundleFile[] = [];
  for (const file of await settleChecksums(wanted.files, options)) {
    options.progress(`fetching ${file.path}`);
    if (await fetchFile(folder, file, options.from)) fetched.push(file.path);
    const { path, sha256, component, componentVersion, arch } = file;
    files.push({ path, sha256, size: sizeOf(join(folder, path)), component, componentVersion, arch });
  }
  const images: BundleImage[] = [];
  for (const image of wanted.images) {
    options.progress(`fetching ${image.name}`);
    const kept = await keptImage(folder, image, known);
    images.push(kept ?? (await fetchImage(folder, image, options)));
    if (kept === undefined) fetched.push(archivePath(image.name, image.arch));
  }
  const { kubernetes, architectures } = wanted;
  const bundle: Bundle = { version: 1, kubernetes, architectures, files, images };
  writeFileAtomically(join(folder, BUNDLE_FILE), Buffer.from(serialiseBundle(bundle)), 0o644);
  rmSync(join(folder, BLOBS), { recursive: true, force: true });
  return { bundle, fetched };
}

/** Whether it had to be fetched. */
async function fetchFile(
  folder: string,
  { path, url, sha256 }: SettledFile,
  from: string | undefined,
): Promise<boolean> {
  const place = join(folder, path);
  if ((await fileSha256(place)) === sha256) return false;
  if (url === undefined) {
    const remedy = `Put the archive at ${place}; it is one of your own, from preload in cluster.yaml`;
    throw new WorkError(`${path} with the SHA-256 ${sha256} is not in the folder`, remedy);
  }
  mkdirSync(dirname(place), { recursive: true });
  const source = from === undefined ? url : onMirror(from, path);
  await downloadChecked(`${place}.part`, sha256, source, (part) => download(source, part));
  renameSync(`${place}.part`, place);
  return true;
}

/** A part of something else, or a cut one that was continued wrongly, is fetched anew once. */
async function downloadChecked(
  part: string,
  sha256: string,
  title: string,
  get: (part: string) => Promise<void>,
): Promise<void> {
  const continued = sizeOf(part) > 0;
  await get(part);
  const found = await fileSha256(part);
  if (found === sha256) return;
  rmSync(part, { force: true });
  if (continued) return await downloadChecked(part, sha256, title, get);
  throw new WorkError(
    `${title} is refused: its SHA-256 should be ${sha256} and is ${found}`,
    'Somebody changed it on the way or at its source: find out who before you go on',
  );
}

/** What the last run recorded, where the archive is unharmed: the registry is not asked again. */
async function keptImage(
  folder: string,
  { name, arch }: WantedImage,
  known: Bundle | undefined,
): Promise<BundleImage | undefined> {
  const recorded = known?.images.find((image) => image.name === name && image.arch === arch);
  if (recorded === undefined) return undefined;
  return (await fileSha256(join(folder, recorded.archive))) === recorded.sha256 ? recorded : undefined;
}

async function fetchImage(folder: string, image: WantedImage, options: FillOptions): Promise<BundleImage> {
  const { name, component, arch } = image;
  const reference = parseReference(name);
  const registry = new Registry(registryBases(reference.host, options.registries));
  const manifest = await registry.manifest(reference, arch);
  const blobFile = (digest: string) => join(folder, BLOBS, digest.replace('sha256:', ''));
  mkdirSync(join(folder, BLOBS), { recursive: true });
  for (const { digest, size } of [manifest.config, ...manifest.layers] satisfies Descriptor[]) {
    const place = blobFile(digest);
    const wanted = digest.replace('sha256:', '');
    if (sizeOf(place) === size && (await fileSha256(place)) === wanted) continue;
    options.progress(`fetching ${name}: ${digest.slice(0, 19)}`);
    await downloadChecked(`${place}.part`, wanted, `${name}, blob ${digest}`, (part) =>
      registry.blob(reference, digest, part),
    );
    renameSync(`${place}.part`, place);
  }
  const archive = archivePath(name, arch);
  mkdirSync(join(folder, 'images'), { recursive: true });
  await writeImageArchive(join(folder, archive), { name, arch, manifest, blobFile });
  const sha256 = (await fileSha256(join(folder, archive))) ?? '';
  return { name, component, digest: manifest.digest, archive, sha256, arch };
}

/** Mirrors, then the registry itself; Docker Hub answers on another host than the one its images are named by. */
function registryBases(host: string, registries: readonly RegistrySetting[]): string[] {
  const mirrors = registries.find((registry) => registry.host === host)?.mirrors ?? [];
  const scheme = isLoopback(host) ? 'http' : 'https';
  return [...mirrors, `${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}`];
}
