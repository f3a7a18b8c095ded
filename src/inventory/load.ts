import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError, inputError, type Problem } from '../support/problem.js';
import { sha256 } from '../support/sha256.js';
import type { FileReading, InventoryCatalogue } from './context.js';
import { parseInventory } from './parse.js';
import type { Cluster } from './types.js';

/** An inventory of 5,000 machines with every field takes less. */
const LARGEST_INVENTORY = 2 * 1024 * 1024;
const LARGEST_EXTRA_FILE = 2 * 1024 * 1024;

export interface LoadedInventory {
  readonly cluster: Cluster;
  readonly warnings: readonly Problem[];
  readonly text: string;
  /** Every file that was read, the inventory first, by the path it is named by; SHA-256 in hex. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
}

/**
 * Reads an inventory and the files it names.
 *
 * @throws InputError with every problem, warnings included, when there is any error: also when the file is
 * missing, a folder, larger than 2 MiB, binary or not UTF-8.
 */
export async function loadInventory(file: string, catalogue: InventoryCatalogue): Promise<LoadedInventory> {
  const { text, content } = readInventoryText(file);
  const inputs = [{ path: file, sha256: sha256(content) }];
  const readFile = folderReader(dirname(file), (path, bytes) => inputs.push({ path, sha256: sha256(bytes) }));
  const { cluster, problems } = parseInventory(text, file, { ...catalogue, readFile });
  if (cluster === undefined) throw new InputError(problems);
  return { cluster, warnings: problems, text, inputs };
}

/**
 * The text of an inventory, a byte order mark included.
 *
 * @throws InputError when it cannot be read as text.
 */
export function readInventoryText(file: string): { readonly text: string; readonly content: Uint8Array } {
  const reading = readBounded(file, LARGEST_INVENTORY);
  if ('error' in reading) throw inputError(reading.code, `cannot read ${file}: ${reading.error}`, reading.remedy);
  const { content } = reading;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content), content };
  } catch {
    const binary = content.includes(0);
    const message = binary ? `${file} is no text: it holds binary data` : `${file} is not encoded in UTF-8`;
    const remedy = binary ? 'give the path of a cluster.yaml' : 'save it as UTF-8';
    throw inputError(binary ? 'binary' : 'not-utf-8', message, remedy);
  }
}

/** Reads files relative to a folder, each once however often it is asked for. `onRead` hears of each. */
function folderReader(folder: string, onRead: (path: string, content: Uint8Array) => void) {
  const known = new Map<string, FileReading>();
  return (path: string): FileReading => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const reading: FileReading = readBounded(resolve(folder, path), LARGEST_EXTRA_FILE);
    known.set(path, reading);
    if ('content' in reading) onRead(path, reading.content);
    return reading;
  };
}

type BoundedReading =
  | { readonly content: Uint8Array }
  | { readonly error: string; readonly code: string; readonly remedy: string };

/** Reads a regular file up to `limit` bytes; a device or a pipe is not read at all. */
function readBounded(path: string, limit: number): BoundedReading {
  let descriptor: number | undefined;
  try {
    // A path with a NUL would throw another kind of error than a missing file.
    if (path.includes('\0')) return MISSING;
    // Non-blocking, so that a pipe without a writer does not hang us.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (status.isDirectory()) return IS_FOLDER;
    if (!status.isFile())
      return { code: 'not-a-file', error: 'it is no regular file', remedy: 'give the path of a file' };
    if (status.size > limit) return tooLarge(status.size, limit);
    const content = new Uint8Array(readFileSync(descriptor));
    return content.length > limit ? tooLarge(content.length, limit) : { content };
  } catch (cause) {
    return explainCause((cause as NodeJS.ErrnoException).code);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const MISSING = {
  code: 'missing-file',
  error: 'there is no such file',
  remedy: 'make one with: ironkeel init; or name another with -f FILE or -C DIR',
} as const;
const IS_FOLDER = {
  code: 'is-a-directory',
  error: 'it is a directory',
  remedy: 'name the file in it, or give the directory with -C DIR',
} as const;

function tooLarge(size: number, limit: number) {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  const error = `it has ${megabytes(size)}, and ${megabytes(limit)} are the most`;
  return { code: 'too-large', error, remedy: 'check that it is the right file' };
}

function explainCause(cause: string | undefined): BoundedReading {
  if (cause === 'ENOENT' || cause === 'ENOTDIR') return MISSING;
  if (cause === 'EISDIR') return IS_FOLDER;
  const denied = cause === 'EACCES' || cause === 'EPERM';
  const error = denied ? 'permission denied' : `the system says ${cause ?? 'no'}`;
  return {
    code: 'unreadable-file',
    error,
    remedy: denied ? 'make it readable for you: chmod u+r FILE' : 'check the path',
  };
}
