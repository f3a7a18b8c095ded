// Writes docs/reference/ from the code: the commands' own help texts and the inventory's JSON Schema.
// `--check` writes nothing and fails when a page would change. Works on dist/, so build first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cliPage } from './reference/cli-page.mjs';
import { inventoryPage } from './reference/inventory-page.mjs';

const FOLDER = new URL('../docs/reference/', import.meta.url);
const pages = { 'cli.md': await cliPage(), 'inventory.md': inventoryPage() };
const stale = Object.entries(pages).filter(([name, text]) => current(name) !== text);

if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`docs/reference/${name} is stale: run node tools/generate-reference.mjs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of stale) {
    const file = new URL(name, FOLDER);
    writeFileSync(file, text);
    console.log(`wrote ${fileURLToPath(file)}`);
  }
}

function current(name) {
  try {
    return readFileSync(new URL(name, FOLDER), 'utf8');
  } catch {
    return undefined;
  }
}
