// Files of bundles that were made before, by what they were made of.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ironkeel');
export const COMPONENTS_CACHE = join(CACHE, 'components');
const BUNDLES = join(CACHE, 'bundles');

/** Hex. */
export function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** What a file is known by without reading it: a program that is built again has another time. */
export function fingerprint(file) {
  const { size, mtimeMs } = statSync(file);
  return [file, size, mtimeMs];
}

/**
 * The file that was made of these inputs, made now if it is not there.
 * @param inputs any JSON value
 * @param make returns `{ content, facts }`; the facts (JSON) are kept beside the file
 * @returns `{ file, sha256, size, ...facts }`
 */
export function cachedFile(inputs, make) {
  const file = join(BUNDLES, sha256(JSON.stringify(inputs)));
  const known = readRecord(file);
  if (known !== undefined) return { file, ...known };
  const { content, facts } = make();
  const record = { sha256: sha256(content), size: content.length, ...facts };
  writeAtomically(file, content);
  writeAtomically(`${file}.json`, JSON.stringify({ mtimeMs: statSync(file).mtimeMs, record }));
  return { file, ...record };
}

/** A bundle's folder links to the file here: what was changed in place there must not come back. */
function readRecord(file) {
  const known = readJson(`${file}.json`);
  const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return known?.mtimeMs === mtimeMs && known?.record.size === size ? known?.record : undefined;
}

/** A JSON value that is kept between runs under a name; `undefined` when there is none. */
export function recall(name) {
  return readJson(join(BUNDLES, name));
}

export function remember(name, value) {
  writeAtomically(join(BUNDLES, name), JSON.stringify(value));
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Under another name first: whoever else makes a bundle meanwhile sees a whole file or none. */
export function writeAtomically(file, content) {
  mkdirSync(join(file, '..'), { recursive: true });
  const scratch = `${file}.${randomUUID()}`;
  try {
    writeFileSync(scratch, content);
    renameSync(scratch, file);
  } finally {
    rmSync(scratch, { force: true });
  }
}
