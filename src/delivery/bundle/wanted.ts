import type { PreloadArchive, Role } from '../../inventory/types.js';
import type { BundleArchitecture } from '../../releases/bundle.js';
import { knownChecksum } from '../../releases/catalogue.js';
import type { ProgramDownload } from '../../releases/types.js';

/** What one machine of the cluster downloads. */
export interface MachineNeeds {
  readonly role: Role;
  readonly arch: BundleArchitecture;
  readonly programs: readonly ProgramDownload[];
  /** Full names. */
  readonly images: readonly string[];
}

/** A file that the bundle has to hold. */
export interface WantedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** The publisher's; undefined: the user puts it there. */
  readonly url?: string | undefined;
  /** Hex; undefined: the catalogue does not know it, its publisher does. */
  readonly sha256: string | undefined;
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
  const files = machines.flatMap(({ arch, programs }) => programs.map((program) => programFile(program, arch)));
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

function programFile({ name, version, url }: ProgramDownload, arch: BundleArchitecture): WantedFile {
  const sha256 = knownChecksum(name, version, arch);
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
