import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../support/problem.js';
import { nodeFolder } from './node-folders.js';
import { statusAt } from './read-disk.js';

/** Of every folder that the build makes: there are keys in nearly all of them. */
const PRIVATE = 0o700;

/** Whether there is a folder at this path and its mode is not the one it was made with. A link is left to its maker. */
function isOpened(path: string): boolean {
  const stats = statusAt(path);
  return stats?.isDirectory() === true && (stats.mode & 0o777) !== PRIVATE;
}

/** Whether `ssl`, `inventory` and the machines' folders are private; what lies below is shut off with them. */
export function foldersPrivate(folder: string, machines: readonly string[]): boolean {
  return !['ssl', 'inventory', ...machines.map(nodeFolder)].some((path) => isOpened(`${folder}/${path}`));
}

/** The folders of outputs below the cluster's, which is the user's own; each is looked at once. */
export class PrivateFolders {
  readonly #seen = new Set<string>(['.']);
  readonly #opened: string[] = [];

  constructor(readonly root: string) {}

  /** Those of an output's folders that were not seen before and are to be private again, the outermost first. */
  look(path: string): string[] {
    const end = path.lastIndexOf('/');
    const folder = end < 0 ? '.' : path.slice(0, end);
    if (this.#seen.has(folder)) return [];
    this.#seen.add(folder);
    const opened = [...this.look(folder), ...(isOpened(join(this.root, folder)) ? [folder] : [])];
    if (opened.at(-1) === folder) this.#opened.push(folder);
    return opened;
  }

  /** Whether {@link PrivateFolders.shut} has anything to do. */
  get pending(): boolean {
    return this.#opened.length > 0;
  }

  /**
   * Takes back what was opened to others since it was last called.
   *
   * @throws WorkError when a folder is somebody else's.
   */
  shut(): void {
    for (const folder of this.#opened.splice(0)) {
      try {
        chmodSync(join(this.root, folder), PRIVATE);
      } catch (cause) {
        throw new WorkError(`cannot set the mode of ${folder}`, `Run \`chmod 700 ${folder}\` as its owner`, { cause });
      }
    }
  }
}
