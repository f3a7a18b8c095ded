import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OverlayEntry } from './overlay.js';

/** Puts the overlay's files on a machine's disk, as root's, readable by all; those of before are replaced. */
export function placeOverlay(disk: string, entries: readonly OverlayEntry[]): void {
  for (const { path, content, kind } of entries) {
    const target = join(disk, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    // The machine may have put something else there, which is not to be written through.
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) rmSync(target, { recursive: true });
    if (kind === 'link') symlinkSync(content, target);
    else writeFileSync(target, content, { mode: 0o644 });
  }
}
