import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Instant } from '../support/clock.js';
import { inputError } from '../support/problem.js';
import { makeFolder, writeFileAtomically } from './atomic-file.js';
import { type MergeOptions, mergeKubeconfig } from './kubeconfig-merge.js';

export interface MergeReport {
  readonly file: string;
  readonly context: string;
  readonly changed: boolean;
  /** Where the file as it was before is kept. */
  readonly backup?: string | undefined;
}

/**
 * Merges our kubeconfig into the file at `path`, made when missing, mode 0600. What was there is kept as
 * `FILE.ironkeel-backup-TIME`. A link stays a link: the file it points to is written.
 *
 * @throws InputError as {@link mergeKubeconfig} does, and for a folder; nothing is touched then.
 */
export function mergeKubeconfigFile(
  path: string,
  ours: string,
  now: Instant,
  options: Pick<MergeOptions, 'force'>,
): MergeReport {
  const present = existsSync(path);
  const file = present ? realpathSync(path) : path;
  if (present && statSync(file).isDirectory()) {
    throw inputError('kubeconfig-folder', `${path} is a folder`, `Name a file in it, such as ${join(path, 'config')}`);
  }
  const existing = present ? readFileSync(file, 'utf8') : undefined;
  const { text, context } = mergeKubeconfig(existing, ours, { ...options, file: path });
  if (text === undefined) return { file: path, context, changed: false };
  makeFolder(dirname(file), 0o700);
  const backup = existing === undefined ? undefined : keepBackup(file, existing, now);
  writeFileAtomically(file, Buffer.from(text), 0o600, { durable: true });
  return { file: path, context, changed: true, ...(backup === undefined ? {} : { backup }) };
}

function keepBackup(file: string, text: string, now: Instant): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const stem = `${file}.ironkeel-backup-${time}`;
  let backup = stem;
  for (let again = 2; existsSync(backup); again++) backup = `${stem}-${again}`;
  writeFileAtomically(backup, Buffer.from(text), 0o600, { durable: true });
  return backup;
}
