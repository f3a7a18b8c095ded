// Keeps data/cert-manager.json in step with cert-manager: the definitions of its kinds, as its Go module has them.
//
//   node tools/refresh-cert-manager.mjs   reads the version that lab/components/cert-manager/go.mod names
//   --check                               writes nothing; exit 1 when the file would change
//
// Descriptions are left out: they are nine tenths of the text, every controller's drive would carry them, and
// `kubectl explain` is their only reader.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const MODULE = 'github.com/cert-manager/cert-manager';
const FILE = fileURLToPath(new URL('../data/cert-manager.json', import.meta.url));
const WRAPPER = fileURLToPath(new URL('../lab/components/cert-manager/', import.meta.url));

const { Version: version, Dir: folder } = JSON.parse(go('mod', 'download', '-json', moduleVersion()));
const crds = join(folder, 'deploy/crds');
const definitions = readdirSync(crds)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => withoutDescriptions(parse(readFileSync(join(crds, name), 'utf8')), 'object'));
const text = encode({ source: `${MODULE} ${version}, deploy/crds`, license: 'Apache-2.0', version }, definitions);

if (existsSync(FILE) && readFileSync(FILE, 'utf8') === text) console.log(`${FILE}: nothing changed`);
else if (process.argv.includes('--check')) {
  console.error(`${FILE} differs from cert-manager ${version}; run this without --check`);
  process.exitCode = 1;
} else {
  writeFileSync(`${FILE}.new`, text);
  renameSync(`${FILE}.new`, FILE);
  console.log(`wrote ${FILE}`);
}

function moduleVersion() {
  return `${MODULE}@${go('list', '-m', '-f', '{{.Version}}', MODULE).trim()}`;
}

function go(...args) {
  return execFileSync('go', args, { cwd: WRAPPER, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A property may be called `description`: below `properties` names are names. */
function withoutDescriptions(value, place) {
  if (Array.isArray(value)) return value.map((item) => withoutDescriptions(item, 'object'));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => place === 'properties' || name !== 'description');
  return Object.fromEntries(
    kept.map(([name, member]) => {
      const names = place !== 'properties' && name === 'properties';
      return [name, withoutDescriptions(member, names ? 'properties' : 'object')];
    }),
  );
}

/** One definition a line, so that a diff names what changed. */
function encode(facts, items) {
  const head = JSON.stringify({ ...facts, changes: 'descriptions are left out' }, undefined, 1).slice(0, -2);
  return `${head},\n "definitions": [\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n ]\n}\n`;
}
