import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { InputError, type Problem } from '../support/problem.js';
import { statusAt } from './read-disk.js';

/** Secrets that nobody but their owner may read, relative to the cluster's folder. */
const OWNER_ONLY = ['secrets.json', 'ssl/ca-key.pem'];

/**
 * Refuses to work with keys others can read: what they sign is not worth trusting.
 *
 * @throws InputError that names each file with its mode and the command that corrects it.
 */
export function refuseReadableSecrets(folder: string, files: readonly string[] = OWNER_ONLY): void {
  const problems = files.flatMap((file) => {
    const stats = statusAt(join(folder, file));
    if (stats === undefined || !stats.isFile() || (stats.mode & 0o077) === 0) return [];
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    return [
      problem(
        'readable-secret',
        'error',
        `${file} can be read by others (mode ${mode})`,
        `Run \`chmod 600 ${file}\`; if others had access to it, begin a new cluster`,
      ),
    ];
  });
  if (problems.length > 0) throw new InputError(problems);
}

const TRACKED = ['secrets.json', 'kubeconfig', 'id', 'ssl', 'inventory'];

/** Warns of plain secrets that git has under version control. Without git, or outside a repository, says nothing. */
export function trackedSecrets(folder: string): Problem[] {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z', '--', ...TRACKED], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (status !== 0) return [];
  const files = stdout
    .split('\0')
    .filter((file) => file !== '' && !/\.(csr|pub)$|(^|\/)[^/]*(?<!-key)\.pem$/.test(file));
  if (files.length === 0) return [];
  const named = files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
  return [
    problem(
      'tracked-secret',
      'warning',
      `git tracks plain secrets: ${named}`,
      `Run \`git rm --cached -r ${[...new Set(files.map((file) => file.split('/')[0]))].join(' ')}\` and treat what was pushed as known to others; \`ironkeel secrets encrypt\` makes a file that may be committed`,
    ),
  ];
}

function problem(code: string, severity: Problem['severity'], message: string, remedy: string): Problem {
  return { code, severity, message, remedy };
}
