import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type FileTree, textFile } from '../../support/files.js';
import { operatingSystem } from '../registry.js';
import { fixtureSealed } from './fixture.js';

/**
 * Compares an operating system's documents with those on record. `UPDATE_GOLDEN=1 npx vitest run src/os`
 * records them anew; the change is then reviewed like code.
 */
export function expectGolden(name: string): void {
  const tree = operatingSystem(name).render(fixtureSealed(operatingSystem(name)));
  const listing = tree.map(({ path, mode }) => `${mode.toString(8)} ${path}\n`).join('');
  const golden = [...tree, textFile('listing', listing)];
  const folder = fileURLToPath(new URL(`../${name}/golden/`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === '1') record(folder, golden);
  for (const { path, content } of golden) expect(Buffer.from(content).toString(), path).toBe(read(join(folder, path)));
}

function record(folder: string, tree: FileTree): void {
  for (const { path, content } of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function read(path: string): string {
  if (!existsSync(path)) throw new Error(`${path} is not recorded; run with UPDATE_GOLDEN=1`);
  return readFileSync(path, 'utf8');
}
