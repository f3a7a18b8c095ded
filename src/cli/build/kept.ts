import { DRIVE_FOLDER } from '../../delivery/node-folders.js';
import type { Problem } from '../../support/problem.js';

/** Warnings that name each edited output which was left as it is. */
export function keptProblems(paths: readonly string[], historyLost: boolean): Problem[] {
  return paths.map((path) => ({
    severity: 'warning',
    code: 'kept-edit',
    message: historyLost
      ? `${path} differs from what would be written; whether you edited it cannot be told without .ironkeel/index.json, so it was kept`
      : `${path} was edited and is kept${isOnDrive(path) ? '; the drive is made with it' : ''}`,
    remedy: 'To replace it: `ironkeel build --force`',
  }));
}

/** `install.sh` and `config.ign` lie beside the drive, not on it. */
function isOnDrive(path: string): boolean {
  return path.includes(`/${DRIVE_FOLDER}/`);
}
