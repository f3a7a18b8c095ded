import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BLOCK, padded, REGULAR_FILE, writeHeader } from '../../artifacts/ustar/member.js';
import type { ImageManifest } from './registry.js';

/** What an archive is made of besides its blobs. */
export interface ArchiveInput {
  /** In full: the name containerd gives the image. */
  readonly name: string;
  readonly arch: string;
  readonly manifest: ImageManifest;
  /** The file that holds a blob. */
  readonly blobFile: (digest: string) => string;
}

/** A member of the archive: bytes, or a file of that size. */
interface Member {
  readonly path: string;
  readonly size: number;
  readonly content: Uint8Array | { readonly file: string };
}

/**
 * Writes an image as an OCI layout in a tar archive, aside and then in its place. The same image gives the same
 * bytes; blobs are copied as the registry has them, so that every digest stays what it was.
 * Source: OCI image specification 1.1, "Image Layout".
 */
export async function writeImageArchive(path: string, input: ArchiveInput): Promise<void> {
  const aside = `${path}.part`;
  await pipeline(Readable.from(archiveBytes(membersOf(input))), createWriteStream(aside));
  renameSync(aside, path);
}

function membersOf({ name, arch, manifest, blobFile }: ArchiveInput): Member[] {
  const { bytes, digest, mediaType, config, layers } = manifest;
  const blobs = new Map([config, ...layers].map((blob) => [blob.digest, blob]));
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
  const platform = { architecture: arch, os: 'linux' };
  const entry = { mediaType, digest, size: bytes.length, platform, annotations };
  return [
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
    json('index.json', { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry] }),
    { path: blobPath(digest), size: bytes.length, content: bytes },
    ...[...blobs.values()].map((blob) => ({
      path: blobPath(blob.digest),
      size: blob.size,
      content: { file: blobFile(blob.digest) },
    })),
  ];
}

function json(path: string, value: unknown): Member {
  const content = Buffer.from(JSON.stringify(value));
  return { path, size: content.length, content };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

async function* archiveBytes(members: readonly Member[]): AsyncGenerator<Uint8Array> {
  for (const { path, size, content } of members) {
    const header = Buffer.alloc(BLOCK);
    writeHeader(header, 0, {
      name: path,
      prefix: '',
      type: REGULAR_FILE,
      mode: 0o644,
      uid: 0,
      gid: 0,
      size,
      seconds: 0,
    });
    yield header;
    if (content instanceof Uint8Array) yield content;
    else yield* createReadStream(content.file) as AsyncIterable<Buffer>;
    const filling = padded(size) - size;
    if (filling > 0) yield Buffer.alloc(filling);
  }
  yield Buffer.alloc(2 * BLOCK);
}
