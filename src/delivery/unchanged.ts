import { readFileSync } from 'node:fs';
import type { Instant } from '../support/clock.js';
import { sha256 } from '../support/sha256.js';
import { hasStoredStatus, type RecordedInputs, type StoredIndex } from './output-index.js';
import { foldersPrivate } from './private-folders.js';
import { statusAt } from './read-disk.js';

/** The hash of a file's content; empty when there is no file. */
export function fileHash(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch {
    return '';
  }
}

/**
 * Whether a build has nothing to do: the same tool, the same inputs, no certificate due, and every output with
 * the status it was left in, in folders that are still private. Reads the inputs' content and nothing but the outputs' status.
 */
export function nothingChanged(
  folder: string,
  index: StoredIndex,
  current: Pick<RecordedInputs, 'tool' | 'inventory'>,
  now: Instant,
): boolean {
  const { inputs } = index;
  return (
    inputs !== undefined &&
    inputs.tool === current.tool &&
    inputs.inventory === current.inventory &&
    now < inputs.renewAt &&
    Object.entries(inputs.files).every(([path, hash]) => fileHash(path) === hash) &&
    index.paths.every((path, at) => {
      const stats = statusAt(`${folder}/${path}`);
      return stats !== undefined && hasStoredStatus(index, at, stats);
    }) &&
    foldersPrivate(folder, index.machines)
  );
}
