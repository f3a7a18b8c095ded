import { inputError } from '../support/problem.js';

/**
 * A folder with everything a cluster's machines download, described by the `bundle.json` in it. Files lie where a
 * mirror serves them from, `HOST/PATH`; images are archives of their own, `images/NAME.tar`.
 */
export interface Bundle {
  readonly version: 1;
  /** The Kubernetes version it was made for. */
  readonly kubernetes: string;
  readonly architectures: readonly BundleArchitecture[];
  readonly files: readonly BundleFile[];
  readonly images: readonly BundleImage[];
}

export type BundleArchitecture = 'amd64' | 'arm64';

export interface BundleFile {
  /** Relative to the folder, such as `dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet`. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The catalogue's name of what it is; a file without one is served and not pinned. */
  readonly component?: string | undefined;
  /** Without a leading `v`. */
  readonly componentVersion?: string | undefined;
  /** Undefined: fits every one. */
  readonly arch?: BundleArchitecture | undefined;
}

/** An OCI archive that holds one image for one architecture. */
export interface BundleImage {
  /** In full, such as `registry.k8s.io/pause:3.10.2`. */
  readonly name: string;
  /** What it is in `componentImages`. */
  readonly component?: string | undefined;
  /** Of the image's manifest for this architecture, such as `sha256:…`. */
  readonly digest: string;
  /** Relative to the folder, `images/NAME.tar`. */
  readonly archive: string;
  /** Of the archive, hex. */
  readonly sha256: string;
  readonly arch: BundleArchitecture;
}

/** The file that describes a bundle, relative to its folder. */
export const BUNDLE_FILE = 'bundle.json';

const SHA256 = /^[0-9a-f]{64}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Image references as registries take them: visible ASCII, no quotes or blanks. */
const IMAGE_NAME = /^[a-z0-9][\w.:/@-]*$/i;
const ARCHITECTURES: readonly unknown[] = ['amd64', 'arm64'];
const REMEDY = 'Make the bundle again with `ironkeel bundle`.';

/** The text of `bundle.json`: keys in a fixed order, entries by path, so that equal bundles are equal bytes. */
export function serialiseBundle(bundle: Bundle): string {
  return `${JSON.stringify(orderBundle(bundle), undefined, 2)}\n`;
}

/** The same bundle with everything in its fixed order, and nothing else in it. */
export function orderBundle({ kubernetes, architectures, files, images }: Bundle): Bundle {
  const byPath = (a: string, b: string) => (a < b ? -1 : 1);
  return {
    version: 1,
    kubernetes,
    architectures: [...architectures].sort(byPath),
    files: files.map(orderFile).sort((a, b) => byPath(a.path, b.path)),
    images: images.map(orderImage).sort((a, b) => byPath(a.archive, b.archive)),
  };
}

function orderFile({ path, sha256, size, component, componentVersion, arch }: BundleFile): BundleFile {
  return { path, sha256, size, component, componentVersion, arch };
}

function orderImage({ name, component, digest, archive, sha256, arch }: BundleImage): BundleImage {
  return { name, component, digest, archive, sha256, arch };
}

/**
 * Reads `bundle.json`.
 * @param file named in the error.
 * @throws InputError when the text describes no bundle, with the remedy.
 */
export function parseBundle(text: string, file: string = BUNDLE_FILE): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw inputError('corrupt-bundle', `${file} is not JSON: it was cut short or edited`, REMEDY);
  }
  const wrong = bundleFault(value);
  if (wrong !== undefined) throw inputError('corrupt-bundle', `${file}: ${wrong}`, REMEDY);
  return orderBundle(value as Bundle);
}

/** What keeps a value from being a bundle; undefined: nothing. */
export function bundleFault(value: unknown): string | undefined {
  if (!isRecord(value)) return 'is not an object';
  const { version, kubernetes, architectures, files, images } = value;
  if (version !== 1) return 'its version is not 1: it was written by another version of Ironkeel';
  if (typeof kubernetes !== 'string') return 'it names no Kubernetes version';
  if (!Array.isArray(architectures) || !architectures.every((arch) => ARCHITECTURES.includes(arch))) {
    return 'its architectures are not a list of amd64 and arm64';
  }
  if (!Array.isArray(files) || !Array.isArray(images)) return 'its files or its images are missing';
  const file = files.findIndex((entry) => !isFile(entry));
  if (file >= 0) return `file ${file + 1} is incomplete or lies outside the folder`;
  const image = images.findIndex((entry) => !isImage(entry));
  if (image >= 0) return `image ${image + 1} is incomplete or lies outside the folder`;
  return undefined;
}

function isFile(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { path, sha256, size, component, componentVersion, arch } = value;
  const pinned = component === undefined || (isText(component) && isText(componentVersion));
  const arches = arch === undefined || ARCHITECTURES.includes(arch);
  return (
    isInside(path) && matches(sha256, SHA256) && Number.isSafeInteger(size) && Number(size) >= 0 && pinned && arches
  );
}

function isImage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, component, digest, archive, sha256, arch } = value;
  const named = matches(name, IMAGE_NAME) && (component === undefined || isText(component));
  return (
    named && matches(digest, DIGEST) && isInside(archive) && matches(sha256, SHA256) && ARCHITECTURES.includes(arch)
  );
}

/** A relative path of visible ASCII that stays in the folder: it becomes an address of the mirror as it is. */
function isInside(path: unknown): boolean {
  if (!matches(path, /^[!-~]+$/)) return false;
  return String(path)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
