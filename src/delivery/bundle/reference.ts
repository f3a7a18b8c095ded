import { inputError } from '../../support/problem.js';

/** A full name of an image in its parts, by the distribution's reference grammar. */
export interface ImageReference {
  /** The host images are named by, such as `docker.io`. */
  readonly host: string;
  /** Such as `library/haproxy`. */
  readonly repository: string;
  /** A tag, or a digest `sha256:…`. */
  readonly reference: string;
}

const FULL =
  /^(?<host>[^/@]+)\/(?<repository>[a-z0-9._/-]+?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/**
 * Takes `registry.k8s.io/pause:3.10.2` apart.
 *
 * @throws InputError for a name without a registry, a tag or a digest.
 */
export function parseReference(name: string): ImageReference {
  const { host, repository, tag, digest } = FULL.exec(name)?.groups ?? {};
  const reference = digest ?? tag;
  if (host !== undefined && repository !== undefined && reference !== undefined && /[.:]|^localhost$/.test(host)) {
    return { host, repository, reference };
  }
  throw inputError(
    'bad-image-name',
    `"${name}" is not the full name of an image`,
    'Write registry, repository and tag, such as registry.k8s.io/pause:3.10.2',
    name,
  );
}

/** Where an image's archive is in the bundle. */
export function archivePath(name: string, arch: string): string {
  return `images/${name.replace(/[/:@]/g, '_')}_${arch}.tar`;
}
