import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds dist/ before the suites when a source is newer: the documentation is tested against the very CLI that is
 * shipped. A build that fails leaves those tests to fail by themselves, with the compiler's words above them.
 */
export default function setup(): void {
  if (newest('src') <= builtAt()) return;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/build.mjs'], { encoding: 'utf8' });
  if (status !== 0) console.error(`tools/build.mjs ended with ${status}:\n${stdout}${stderr}`);
}

function builtAt(): number {
  return statSync('dist/index.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const times = entries.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}
