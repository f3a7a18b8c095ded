import { Base64 } from '../formats/base64.js';
import type { HostFile, SealedConfig } from '../plan/types.js';

/** A file as the documents carry it: encoded once, shared by all documents of a machine. */
export interface EncodedFile extends Omit<HostFile, 'content'> {
  readonly content: Base64;
}

/** Encodes a file's content; its other properties stay. */
export function encodeFile(file: HostFile): EncodedFile {
  return { ...file, content: Base64.encode(file.content) };
}

/**
 * The payload below `/var/lib/ironkeel/incoming/GENERATION/`, each file for root alone whatever its final
 * mode: adoption gives it that. The manifest comes last, so that a payload with one is complete.
 */
export function payloadFiles({ generation, files, manifest }: SealedConfig): EncodedFile[] {
  const folder = `/var/lib/ironkeel/incoming/${generation}`;
  const place = (path: string, content: Uint8Array) => encodeFile({ path, mode: 0o600, uid: 0, gid: 0, content });
  return [
    ...files.map(({ path, content }) => place(`${folder}/root${path}`, content)),
    place(`${folder}/manifest`, new TextEncoder().encode(manifest)),
  ];
}
