import type { Architecture } from '../inventory/types.js';
import { inputError } from '../support/problem.js';
import type { Bundle } from './bundle.js';
import { isSupportedRelease } from './minors.js';
import { knownChecksum } from './pinned-downloads.js';
import type { ProgramArtefact, ProgramDownload } from './types.js';

/**
 * A download with the checksum of the bundle where that has the component, the catalogue's otherwise.
 * @throws InputError when neither has one.
 */
export function pinDownload(
  download: ProgramDownload,
  arch: Architecture,
  bundle: Bundle | undefined,
): ProgramArtefact {
  const { name, version } = download;
  const sha256 = (bundle && pinnedChecksum(bundle, name, version, arch)) ?? knownChecksum(name, version, arch);
  if (sha256 === undefined) throw unpinned(name, version, arch);
  return { ...download, sha256 };
}

/** The checksum of a component in a bundle, in hex; undefined where it has none. */
export function pinnedChecksum(
  { files }: Bundle,
  component: string,
  version: string,
  arch: Architecture,
): string | undefined {
  const pinned = files.find(
    (file) => file.component === component && file.componentVersion === version && file.arch === arch,
  );
  return pinned?.sha256;
}

/** The Kubernetes versions of supported minors whose kubelet and kubectl a bundle pins. */
export function pinnedKubernetesVersions({ files }: Bundle): readonly string[] {
  const of = (component: string) =>
    files.filter((file) => file.component === component).map(({ componentVersion = '' }) => componentVersion);
  const clients = new Set(of('kubectl'));
  return [...new Set(of('kubelet'))].filter((version) => clients.has(version) && isSupportedRelease(version));
}

function unpinned(component: string, version: string, arch: Architecture) {
  return inputError(
    'unpinned-version',
    `neither the catalogue nor ironkeel.lock has a checksum of ${component} ${version} for ${arch}`,
    'Run `ironkeel bundle` where there is a network: it takes the checksum from the publisher and pins it in ironkeel.lock.',
    version,
  );
}
