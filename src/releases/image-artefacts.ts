import type { PreloadArchive, Role } from '../inventory/types.js';
import type { Bundle } from './bundle.js';
import type { ImageArtefact } from './types.js';

/**
 * The archives of a bundle that a machine imports, in the order of the names given. A name that the bundle lacks is
 * left out: the kubelet pulls that image from its registry.
 *
 * @param names full, such as `registry.k8s.io/pause:3.10.2`.
 */
export function imageArtefacts(
  names: readonly string[],
  arch: 'amd64' | 'arm64',
  bundle: Bundle | undefined,
): ImageArtefact[] {
  const archives = new Map(bundle?.images.filter((image) => image.arch === arch).map((image) => [image.name, image]));
  return [...new Set(names)].flatMap((name) => {
    const image = archives.get(name);
    if (image === undefined) return [];
    const { archive: url, sha256 } = image;
    return [{ ...splitReference(name), url, sha256, format: 'image' as const, members: [] as const }];
  });
}

/** The user's own archives for machines of a role; named by their file, and told apart by their checksum. */
export function preloadArtefacts(preload: readonly PreloadArchive[], role: Role): ImageArtefact[] {
  return preload
    .filter(({ roles }) => roles.includes(role))
    .map(({ source, sha256 }) => ({
      name: source.slice(source.lastIndexOf('/') + 1),
      version: sha256.slice(0, 12),
      url: source,
      sha256,
      format: 'image',
      members: [],
    }));
}

/** `registry.k8s.io/pause:3.10.2` as name and version; a reference by digest keeps that as its version. */
function splitReference(reference: string): { name: string; version: string } {
  const at = reference.indexOf('@');
  const colon = at >= 0 ? at : reference.lastIndexOf(':');
  if (colon <= reference.lastIndexOf('/')) return { name: reference, version: 'latest' };
  return { name: reference.slice(0, colon), version: reference.slice(colon + 1) };
}
