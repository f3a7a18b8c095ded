import { readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../support/clock.js';
import type { Problem } from '../support/problem.js';
import { makeFolder, writeFileAtomically } from './atomic-file.js';

/** Where the index is, relative to the cluster's folder. */
export const INDEX_PATH = '.ironkeel/index.json';

/**
 * A cache of what the last build wrote, so that a run with nothing to do only looks at the files' status, and
 * so that an edit can be told from an old output. It may be deleted at any time: the next build then compares
 * everything by content.
 */
export interface OutputIndex {
  readonly version: 1;
  /** What the outputs were made from; undefined while a build is writing, or after one of some machines. */
  readonly inputs?: RecordedInputs | undefined;
  readonly cluster: string;
  readonly machines: readonly string[];
  /** A copy of the lock, so that the generations outlive its loss. */
  readonly lock?: string | undefined;
  /** Warnings about the inventory, to be said again while nothing changes. */
  readonly warnings: readonly Problem[];
  /** By path, relative to the cluster's folder. */
  readonly files: Readonly<Record<string, IndexedFile>>;
}

export interface RecordedInputs {
  /** Version of Ironkeel. */
  readonly tool: string;
  /** The inventory, absolute. */
  readonly inventory: string;
  /** Every file that was read, absolute, with its SHA-256; the empty text where there was none to read. */
  readonly files: Readonly<Record<string, string>>;
  /** From then on a certificate is due for renewal. */
  readonly renewAt: Instant;
}

/**
 * The status of a file when its content was last known: size, times in milliseconds (with their fraction), inode,
 * permission bits. Equal status means equal content, as every write changes the inode's ctime.
 */
export type FileStatus = readonly [size: number, mtimeMs: number, ctimeMs: number, ino: number, mode: number];
const STATUS_LENGTH = 5;

export interface IndexedFile {
  readonly status: FileStatus;
  /** SHA-256 of what was written, of files that users edit. */
  readonly written?: string | undefined;
  /** Whether the file on disk is the user's edit, which was kept. */
  readonly kept?: true | undefined;
  /** Whether it is no output at all, but a file the user put among those of a drive. */
  readonly extra?: true | undefined;
}

/**
 * The index as it is on disk: the files' figures in flat lists, since a thousand machines have ten thousand files
 * and the index is read by every run.
 */
export interface StoredIndex extends Omit<OutputIndex, 'files'> {
  readonly paths: readonly string[];
  /** {@link STATUS_LENGTH} numbers a path. */
  readonly statuses: readonly number[];
  /** By the path's position. */
  readonly written: Readonly<Record<string, string>>;
  readonly kept: readonly number[];
  readonly extras: readonly number[];
}

/** The index of a cluster's folder as it is stored; undefined when there is none, or none that can be read. */
export function loadStoredIndex(folder: string): StoredIndex | undefined {
  try {
    const index = JSON.parse(readFileSync(join(folder, INDEX_PATH), 'utf8')) as StoredIndex;
    const whole = index.version === 1 && index.statuses.length === index.paths.length * STATUS_LENGTH;
    return whole ? index : undefined;
  } catch {
    return undefined;
  }
}

/** The index of a cluster's folder; undefined when there is none, or none that can be read. */
export function loadIndex(folder: string): OutputIndex | undefined {
  const stored = loadStoredIndex(folder);
  if (stored === undefined) return undefined;
  const { paths, statuses, written, kept, extras, ...rest } = stored;
  const [keptAt, extraAt] = [new Set(kept), new Set(extras)];
  const files = paths.map((path, at): [string, IndexedFile] => {
    const hash = written[at];
    const file = {
      status: statuses.slice(at * STATUS_LENGTH, (at + 1) * STATUS_LENGTH) as unknown as FileStatus,
      ...(hash === undefined ? {} : { written: hash }),
      ...(keptAt.has(at) ? { kept: true as const } : {}),
      ...(extraAt.has(at) ? { extra: true as const } : {}),
    };
    return [path, file];
  });
  return { ...rest, files: Object.fromEntries(files) };
}

/** Writes the index; it holds hashes and times, nothing secret. */
export function saveIndex(folder: string, { files, ...rest }: OutputIndex): void {
  const entries = Object.values(files);
  const positions = (wanted: (file: IndexedFile) => boolean | undefined) =>
    entries.flatMap((file, at) => (wanted(file) ? [at] : []));
  const hashes = entries.flatMap(({ written }, at) => (written === undefined ? [] : [[at, written] as const]));
  const stored: StoredIndex = {
    ...rest,
    paths: Object.keys(files),
    statuses: entries.flatMap(({ status }) => status),
    written: Object.fromEntries(hashes),
    kept: positions(({ kept }) => kept),
    extras: positions(({ extra }) => extra),
  };
  const path = join(folder, INDEX_PATH);
  makeFolder(join(path, '..'), 0o700);
  writeFileAtomically(path, Buffer.from(`${JSON.stringify(stored)}\n`), 0o600);
}

/** The part of a file's status that tells whether anybody wrote to it. */
export function statusOf({ size, mtimeMs, ctimeMs, ino, mode }: Stats): FileStatus {
  return [size, mtimeMs, ctimeMs, ino, mode & 0o7777];
}

/** Whether a file has the status that is stored for the path at this position. */
export function hasStoredStatus({ statuses }: StoredIndex, at: number, stats: Stats): boolean {
  const first = at * STATUS_LENGTH;
  return (
    statuses[first] === stats.size &&
    statuses[first + 1] === stats.mtimeMs &&
    statuses[first + 2] === stats.ctimeMs &&
    statuses[first + 3] === stats.ino &&
    statuses[first + 4] === (stats.mode & 0o7777)
  );
}

/** Whether two statuses are of the same, untouched file. */
export function sameStatus(a: FileStatus, b: FileStatus): boolean {
  return a.every((value, at) => value === b[at]);
}
