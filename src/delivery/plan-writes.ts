import type { FileEntry } from '../support/files.js';
import { isEditable, isPlausibleEdit } from './editable.js';

/** A file as it is on disk. */
export interface DiskFile {
  readonly mode: number;
  readonly content: Uint8Array;
  /**
   * Whether it is what we wrote last: its status or its hash is that of the index. `unknown` when the index says
   * nothing about it.
   */
  readonly ours: 'yes' | 'no' | 'unknown';
}

export type WriteKind =
  /** Content and mode are right. */
  | 'unchanged'
  /** Was never there. */
  | 'create'
  /** Is an earlier output of ours, and the inputs changed. */
  | 'update'
  /** Only the mode is wrong. */
  | 'mode'
  /** Was deleted or damaged. */
  | 'repair'
  /** Somebody edited it: stays. */
  | 'keep'
  /** Somebody edited it, and `--force` replaces it. */
  | 'overwrite';

export interface WriteAction {
  readonly kind: WriteKind;
  readonly entry: FileEntry;
}

export interface PlanOptions {
  readonly force: boolean;
}

/**
 * What to do about one output. Pure; `disk` is undefined when there is no such file, `known` tells whether an
 * earlier build wrote it.
 */
export function planWrite(
  entry: FileEntry,
  disk: DiskFile | undefined,
  known: boolean,
  options: PlanOptions,
): WriteAction {
  return { kind: kindOf(entry, disk, known, options), entry };
}

function kindOf(entry: FileEntry, disk: DiskFile | undefined, known: boolean, { force }: PlanOptions): WriteKind {
  if (disk === undefined) return known ? 'repair' : 'create';
  if (Buffer.compare(disk.content, entry.content) === 0) return disk.mode === entry.mode ? 'unchanged' : 'mode';
  if (disk.ours === 'yes') return 'update';
  if (!isEditable(entry.path)) return disk.ours === 'no' ? 'repair' : 'update';
  if (!isPlausibleEdit(entry.path, disk.content)) return 'repair';
  return force ? 'overwrite' : 'keep';
}

/** Whether the action touches the disk. */
export function isWrite({ kind }: WriteAction): boolean {
  return kind !== 'unchanged' && kind !== 'keep';
}
