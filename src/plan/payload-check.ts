import { parse } from 'yaml';
import { sha256 } from '../support/sha256.js';

const INCOMING = /^\/var\/lib\/ironkeel\/incoming\/\d+\/(manifest|root)(\/.*)?$/;

/**
 * Whether the payload a first-boot document (cloud-config or Ignition) carries is still the one its own
 * manifest names: a person edits around the payload, a damaged disk does not. Also false when the document
 * cannot be read or carries no manifest.
 */
export function payloadIntact(document: string): boolean {
  try {
    const entries = payloadEntries(document.startsWith('{') ? JSON.parse(document) : parse(document));
    const manifest = entries.get('manifest');
    return manifest !== undefined && manifestHolds(manifest.toString('utf8'), entries);
  } catch {
    return false;
  }
}

/** Every payload file of a parsed document: `manifest`, or the absolute path it will be adopted at. */
function payloadEntries(document: unknown): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (const file of documentFiles(document)) {
    const match = INCOMING.exec(file.path);
    if (match !== null) entries.set(match[2] ?? 'manifest', file.content);
  }
  return entries;
}

interface DocumentShape {
  readonly write_files?: readonly { path: string; content: string }[];
  readonly storage?: { readonly files?: readonly { path: string; contents: { source: string } }[] };
}

function documentFiles(document: unknown): { path: string; content: Buffer }[] {
  const { write_files = [], storage } = document as DocumentShape;
  return [
    ...write_files.map(({ path, content }) => ({ path, content: Buffer.from(content, 'base64') })),
    ...(storage?.files ?? []).map(({ path, contents }) => ({ path, content: decodeDataUrl(contents.source) })),
  ];
}

function decodeDataUrl(source: string): Buffer {
  const comma = source.indexOf(',');
  const data = source.slice(comma + 1);
  return source.slice(0, comma).endsWith(';base64')
    ? Buffer.from(data, 'base64')
    : Buffer.from(decodeURIComponent(data));
}

function manifestHolds(manifest: string, entries: ReadonlyMap<string, Buffer>): boolean {
  const digestLine = manifest.lastIndexOf('digest ');
  if (manifest.slice(digestLine) !== `digest ${sha256(manifest.slice(0, digestLine))}\n`) return false;
  const files = [...manifest.matchAll(/^file \d+ \d+ \d+ ([0-9a-f]{64}) (\S+)$/gm)];
  return files.every(([, digest = '', path = '']) => {
    const content = entries.get(path);
    return content !== undefined && sha256(content) === digest;
  });
}
