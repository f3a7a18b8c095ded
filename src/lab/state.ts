import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../delivery/index.js';
import { inputError } from '../support/problem.js';
import { labFolder, runFolder } from './places.js';
import type { Lab } from './types.js';

/** Written before anything is made, so that whatever is killed afterwards can be removed by it. */
export const STATE_FILE = 'lab.json';
/** Counts up when older states can no longer be read. */
const STATE_VERSION = 1;

/** Keeps the lab on disk. */
export function saveLab(lab: Lab): void {
  mkdirSync(lab.folder, { recursive: true, mode: 0o700 });
  const { folder: _folder, cache: _cache, ...kept } = lab;
  const text = `${JSON.stringify({ version: STATE_VERSION, ...kept }, undefined, 2)}\n`;
  writeFileAtomically(join(lab.folder, STATE_FILE), Buffer.from(text), 0o600);
}

/** The lab of a cluster, running or half made; undefined when there is none. */
export function findLab(cache: string, clusterId: string): Lab | undefined {
  const folder = labFolder(cache, clusterId);
  const file = join(folder, STATE_FILE);
  if (!existsSync(file)) return undefined;
  const { version, ...kept } = parseState(readFileSync(file, 'utf8'), file);
  if (version !== STATE_VERSION) {
    throw inputError(
      'foreign-lab',
      `${file} was written by another version of Ironkeel`,
      'Run `ironkeel lab down` with the version that started the lab',
    );
  }
  return { ...kept, folder, cache };
}

/** Every lab that has a folder. */
export function findLabs(cache: string): readonly Lab[] {
  const folder = runFolder(cache);
  const ids = existsSync(folder) ? readdirSync(folder).sort() : [];
  return ids.flatMap((id) => findLab(cache, id) ?? []);
}

type State = Omit<Lab, 'folder' | 'cache'> & { readonly version: number };

function parseState(text: string, file: string): State {
  try {
    return JSON.parse(text) as State;
  } catch {
    throw inputError('corrupt-lab', `${file} is not JSON`, 'Restore it, or remove the lab by hand');
  }
}
