import { readFileSync } from 'node:fs';
import semver from 'semver';
import { inputError } from '../support/problem.js';
import { isSupportedRelease } from './minors.js';

/** What publishers build for; the catalogue's keys. `any` marks what fits all, such as a YAML file. */
type Platform = 'amd64' | 'arm64' | 'any';
export type ArtefactFormat = 'binary' | 'tar.gz' | 'yaml';

interface CatalogueEntry {
  /** With the placeholders `{version}` and `{arch}`. */
  readonly url: string;
  readonly format: ArtefactFormat;
  readonly versions: Readonly<Record<string, Readonly<Partial<Record<Platform, string>>>>>;
}

/** Where a publisher has a download, whether or not its checksum is known. */
export interface Download {
  readonly url: string;
  readonly format: ArtefactFormat;
}

/** A pinned download: what `install.sh` fetches and checks. */
export interface ResolvedArtefact extends Download {
  /** Hex. */
  readonly sha256: string;
}

/** What a new cluster gets. */
export const defaultKubernetesVersion = '1.36.4';

// The same relative place from `src/releases/` and from `dist/releases/`.
const CATALOGUE = new URL('../../data/releases.json', import.meta.url);
let loaded: Readonly<Record<string, CatalogueEntry>> | undefined;

/** The catalogue, read at first use: commands that need no release do not pay for it. */
function catalogue(): Readonly<Record<string, CatalogueEntry>> {
  loaded ??= (JSON.parse(readFileSync(CATALOGUE, 'utf8')) as { artifacts: Record<string, CatalogueEntry> }).artifacts;
  return loaded;
}

/**
 * URL, SHA-256 and format of one component, such as `resolveArtefact('kubelet', '1.36.4', 'amd64')`.
 * @throws InputError naming what the catalogue does know when it lacks this one.
 */
export function resolveArtefact(component: string, version: string, arch: 'amd64' | 'arm64'): ResolvedArtefact {
  const entry = entryOf(component);
  const builds = Object.hasOwn(entry.versions, version) ? entry.versions[version] : undefined;
  if (builds === undefined) throw unknownVersion(component, version);
  const sha256 = knownChecksum(component, version, arch);
  if (sha256 === undefined) throw unknownArchitecture(component, version, arch, Object.keys(builds));
  return { ...downloadOf(component, version, arch), sha256 };
}

/** The publisher's address of a component; of any version, since releases differ by it alone. */
export function downloadOf(component: string, version: string, arch: 'amd64' | 'arm64'): Download {
  const { url, format } = entryOf(component);
  return { url: url.replaceAll('{version}', version).replaceAll('{arch}', arch), format };
}

/** The checksum the catalogue has, in hex; undefined where it lacks the version or a build for the architecture. */
export function knownChecksum(component: string, version: string, arch: 'amd64' | 'arm64'): string | undefined {
  const { versions } = entryOf(component);
  const builds = Object.hasOwn(versions, version) ? versions[version] : undefined;
  return builds?.[arch] ?? builds?.any;
}

/** Versions of a component, newest first. */
export function knownVersions(component: string): readonly string[] {
  return Object.keys(entryOf(component).versions).sort(semver.rcompare);
}

/**
 * The Kubernetes versions a cluster can be built with as it is, newest first: those of supported minors with a kubelet
 * and a kubectl. Others of these minors can be once `ironkeel.lock` pins them.
 */
export function supportedKubernetesVersions(): readonly string[] {
  const clients = new Set(knownVersions('kubectl'));
  return knownVersions('kubelet').filter((version) => clients.has(version) && isSupportedRelease(version));
}

function entryOf(component: string): CatalogueEntry {
  const all = catalogue();
  const entry = Object.hasOwn(all, component) ? all[component] : undefined;
  if (entry !== undefined) return entry;
  const known = Object.keys(all).sort().join(', ');
  throw inputError('unknown-component', `there is no component "${component}"`, `Use one of ${known}.`, component);
}

function unknownVersion(component: string, version: string) {
  const known = knownVersions(component).join(', ');
  return inputError(
    'unknown-version',
    `the catalogue has no ${component} ${version}`,
    `Use one of ${known}, or refresh the catalogue with tools/refresh-releases.mjs.`,
    version,
  );
}

function unknownArchitecture(component: string, version: string, arch: string, known: readonly string[]) {
  return inputError(
    'unknown-architecture',
    `the catalogue has ${component} ${version} for ${known.join(', ')}, not for ${arch}`,
    'Choose another version, or refresh the catalogue with tools/refresh-releases.mjs.',
    arch,
  );
}
