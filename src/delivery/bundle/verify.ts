import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_FILE, type Bundle, parseBundle } from '../../releases/bundle.js';
import type { Problem } from '../../support/problem.js';
import { inputError } from '../../support/problem.js';
import { fileSha256 } from './http.js';
import type { WantedBundle } from './wanted.js';

/**
 * What `bundle.json` in a folder says.
 *
 * @throws InputError when there is none, or it is damaged.
 */
export function readBundle(folder: string): Bundle {
  const bundle = findBundle(folder);
  if (bundle !== undefined) return bundle;
  const remedy = 'Name a folder that `ironkeel bundle` filled';
  throw inputError('no-bundle', `${folder} holds no ${BUNDLE_FILE}`, remedy, folder);
}

/** The same; undefined when there is none. */
export function findBundle(folder: string): Bundle | undefined {
  const path = join(folder, BUNDLE_FILE);
  try {
    return parseBundle(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Compares every file of a bundle with what `bundle.json` says of it. */
export async function damagedFiles(
  folder: string,
  { files, images }: Bundle,
  progress: (path: string) => void = () => {},
): Promise<Problem[]> {
  const listed = [...files, ...images.map(({ archive, sha256 }) => ({ path: archive, sha256 }))];
  const problems: Problem[] = [];
  for (const { path, sha256 } of listed) {
    progress(path);
    const found = await fileSha256(join(folder, path));
    if (found === sha256) continue;
    const message = found === undefined ? `${path} is missing` : `${path} has the SHA-256 ${found}, not ${sha256}`;
    const remedy = 'Copy it again from where the folder came from, or run `ironkeel bundle` to fetch it again';
    problems.push({ severity: 'error', code: 'damaged-bundle', message: `the bundle's ${message}`, remedy });
  }
  return problems;
}

/** What the cluster's machines download and a bundle does not hold, as warnings. */
export function missingParts(wanted: WantedBundle, { kubernetes, files, images }: Bundle): Problem[] {
  if (kubernetes !== wanted.kubernetes) {
    return [lack(`is for Kubernetes ${kubernetes}, cluster.yaml asks for ${wanted.kubernetes}`)];
  }
  const held = new Set(files.map(({ path }) => path));
  const imported = new Set(images.map(({ name, arch }) => `${name} (${arch})`));
  return [
    ...wanted.files.filter(({ path }) => !held.has(path)).map(({ path }) => lack(`lacks ${path}`)),
    ...wanted.images
      .map(({ name, arch }) => `${name} (${arch})`)
      .filter((image) => !imported.has(image))
      .map((image) => lack(`lacks the image ${image}`)),
  ];
}

function lack(what: string): Problem {
  const remedy = 'Run `ironkeel bundle` where there is a network; machines wait for what the mirror does not have';
  return { severity: 'warning', code: 'incomplete-bundle', message: `the bundle ${what}`, remedy };
}
