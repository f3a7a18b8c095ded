import type { PreloadArchive, Role } from '../../inventory/types.js';
import type { BundleArchitecture } from '../../releases/bundle.js';
import type { InstallArtefact } from '../../releases/types.js';

/** What one machine of the cluster downloads. */
export interface MachineNeeds {
  readonly role: Role;
  readonly arch: BundleArchitecture;
  /** From the catalogue, without the images. */
  readonly artefacts: readonly InstallArtefact[];
  /** Full names. */
  readonly images: readonly string[];
}

/** A file that the bundle has to hold. */
export interface WantedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** The publisher's; undefined: the user puts it there. */
  readonly url?: string | undefined;
  /** Hex. */
  readonly sha256: string;
  readonly component?: string | undefined;
  readonly componentVersion?: string | undefined;
  readonly arch?: BundleArchitecture | undefined;
}

export interface WantedImage {
  readonly name: string;
  readonly component?: string | undefined;
  readonly arch: BundleArchitecture;
}

export interface WantedBundle {
  readonly kubernetes: string;
  readonly architectures: readonly BundleArchitecture[];
  readonly files: readonly WantedFile[];
  readonly images: readonly WantedImage[];
}

/**
 * Everything that machines download, each once.
 *
 * @param components full names of images by what they are, `componentImages`.
 */
export function wantedBundle(
  kubernetes: string,
  machines: readonly MachineNeeds[],
  components: Readonly<Record<string, string>>,
  preload: readonly PreloadArchive[],
): WantedBundle {
  const named = new Map(Object.entries(components).map(([component, name]) => [name, component]));
  const files = machines.flatMap(({ arch, artefacts }) => artefacts.map((artefact) => programFile(artefact, arch)));
  const images = machines.flatMap(({ arch, images }) =>
    images.map((name) => ({ name, component: named.get(name), arch })),
  );
  return {
    kubernetes,
    architectures: [...new Set(machines.map(({ arch }) => arch))].sort(),
    files: unique([...files, ...preload.map(preloadFile)], ({ path }) => path),
    images: unique(images, ({ name, arch }) => `${arch} ${name}`),
  };
}

function programFile({ name, version, url, sha256 }: InstallArtefact, arch: BundleArchitecture): WantedFile {
  return { path: withoutScheme(url), url, sha256, component: name, componentVersion: version, arch };
}

/** The user's own archives: fetched where they have an address of their own. */
function preloadFile({ source, sha256 }: PreloadArchive): WantedFile {
  return { path: withoutScheme(source), url: source.includes('://') ? source : undefined, sha256 };
}

function withoutScheme(url: string): string {
  return url.slice(url.indexOf('://') < 0 ? 0 : url.indexOf('://') + 3);
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
