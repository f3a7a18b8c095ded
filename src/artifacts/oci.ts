import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { inputError, WorkError } from '../support/problem.js';
import { type LayerEntry, type PlannedLayer, planLayer, writeLayer } from './oci/layer.js';
import { BLOCK, type Header, padded, REGULAR_FILE, writeHeader, writeMember } from './ustar/member.js';

export type { LayerDirectory, LayerEntry, LayerFile, LayerLink } from './oci/layer.js';

/** A container image of one platform. */
export interface OciImage {
  /** In full, with registry and tag: `registry.k8s.io/pause:3.10.2`. */
  readonly name: string;
  /** As Go names it. */
  readonly architecture: 'amd64' | 'arm64';
  /** Lowest first. A `FileTree` is a layer. */
  readonly layers: readonly (readonly LayerEntry[])[];
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** `UID` or `UID:GID`: numeric, so that the kubelet can tell that it is not root. */
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface OciArchive {
  /** A tar archive of an OCI layout. */
  readonly archive: Uint8Array;
  /** Of the image's manifest, what a reference after `@` names: `sha256:…`. */
  readonly digest: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** Registry, repository and tag: the normalised form, by distribution's reference grammar. */
const FULL_NAME = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

interface LayoutFile {
  readonly path: string;
  readonly content: Buffer;
}

/**
 * An image as an OCI layout in a tar archive, as `ctr -n k8s.io images import` and `skopeo copy oci-archive:` take
 * it: uncompressed layers, every time 1970, the same bytes for the same image. Each file's content is copied once.
 * Sources: OCI image specification 1.1 (layout, manifest, config); containerd names an import by the annotation
 * `io.containerd.image.name`.
 * @throws InputError naming each unsafe, duplicate or contradicting path, or a name that is not full
 * @throws WorkError when the archive is larger than memory can hold in one piece
 */
export function ociArchive(image: OciImage): OciArchive {
  checkName(image.name);
  const layers = image.layers.map(planLayer);
  // All digests have one length, so the documents' sizes are known before the layers are written and hashed.
  const draft = layoutDocuments(
    image,
    layers.map((layer) => descriptor(TYPES.layer, layer.size, NO_DIGEST)),
  );
  const archive = allocate([...layers.map(({ size }) => size), ...draft.files.map(({ content }) => content.length)]);
  let at = 0;
  const written = layers.map((layer) => {
    const { digest, next } = writeLayerBlob(archive, at, layer);
    at = next;
    return descriptor(TYPES.layer, layer.size, digest);
  });
  const { files, digest } = layoutDocuments(image, written);
  for (const { path, content } of files) at = writeMember(archive, at, fileHeader(path, content.length), content);
  return { archive, digest };
}

/** The layer goes straight to its place; its name, the digest, is known only then. */
function writeLayerBlob(archive: Buffer, at: number, layer: PlannedLayer): { digest: string; next: number } {
  const start = at + BLOCK;
  writeLayer(archive, start, layer);
  const digest = digestOf(archive.subarray(start, start + layer.size));
  const next = writeHeader(archive, at, fileHeader(blobPath(digest), layer.size));
  return { digest, next };
}

/** The JSON files of the layout: config and manifest as blobs, the index, the marker. */
function layoutDocuments(image: OciImage, layers: readonly Descriptor[]): { files: LayoutFile[]; digest: string } {
  const config = jsonBlob(TYPES.config, imageConfig(image, layers));
  const manifest = jsonBlob(TYPES.manifest, {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: config.descriptor,
    layers,
  });
  const index = { schemaVersion: 2, mediaType: TYPES.index, manifests: [indexEntry(image, manifest.descriptor)] };
  const files = [
    config.file,
    manifest.file,
    { path: 'index.json', content: encode(index) },
    { path: 'oci-layout', content: encode({ imageLayoutVersion: '1.0.0' }) },
  ];
  return { files, digest: manifest.descriptor.digest };
}

function indexEntry({ name, architecture }: OciImage, manifest: Descriptor) {
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
  return { ...manifest, platform: { architecture, os: 'linux' }, annotations };
}

function imageConfig(image: OciImage, layers: readonly Descriptor[]) {
  return {
    architecture: image.architecture,
    os: 'linux',
    config: {
      User: image.user,
      Env: image.env && Object.entries(image.env).map(([name, value]) => `${name}=${value}`),
      Entrypoint: image.entrypoint,
      Cmd: image.cmd,
      WorkingDir: image.workingDir,
      Labels: image.labels,
    },
    // Nothing is compressed, so a layer's digest is its content's.
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
}

function jsonBlob(mediaType: string, value: unknown): { file: LayoutFile; descriptor: Descriptor } {
  const content = encode(value);
  const digest = digestOf(content);
  return { file: { path: blobPath(digest), content }, descriptor: descriptor(mediaType, content.length, digest) };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function descriptor(mediaType: string, size: number, digest: string): Descriptor {
  return { mediaType, digest, size };
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function fileHeader(name: string, size: number): Header {
  return { name, prefix: '', type: REGULAR_FILE, mode: 0o644, uid: 0, gid: 0, size, seconds: 0 };
}

function allocate(sizes: readonly number[]): Buffer {
  const bytes = sizes.reduce((sum, size) => sum + BLOCK + padded(size), 2 * BLOCK);
  if (bytes <= constants.MAX_LENGTH) return Buffer.alloc(bytes);
  const message = `the image would have ${bytes} bytes, and this Node.js holds at most ${constants.MAX_LENGTH}`;
  throw new WorkError(message, 'put less into the image');
}

function checkName(name: string): void {
  if (FULL_NAME.test(name)) return;
  const message = `${JSON.stringify(name)} is no full name of an image`;
  throw inputError('bad-image-name', message, 'name registry, repository and tag: registry.k8s.io/pause:3.10.2', name);
}
