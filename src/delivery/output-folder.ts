import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileEntry, FileTree } from '../support/files.js';
import type { DiskJob, DiskResult } from './disk-jobs.js';
import { DiskQueue } from './disk-queue.js';
import { isEditable } from './editable.js';
import { type FileStatus, type IndexedFile, type OutputIndex, sameStatus, statusOf } from './output-index.js';
import { isWrite, planWrite, type WriteAction, type WriteKind } from './plan-writes.js';
import { PrivateFolders } from './private-folders.js';
import { readDisk, statusAt } from './read-disk.js';

/** What a build found and did. */
export interface OutputSummary {
  readonly changes: readonly Outcome[];
  /** Outputs that were edited and stay. */
  readonly kept: readonly string[];
  /** How many outputs are right as they are. */
  readonly unchanged: number;
}

/** What was found out about one output, its content left out: a thousand machines' do not fit in memory. */
export interface Outcome {
  readonly path: string;
  readonly kind: WriteKind | 'remove';
  /** Whether an earlier build is known to have written it. */
  readonly known: boolean;
}

export interface OutputOptions {
  /** Replace files that were edited, too. */
  readonly force: boolean;
  /** Runs before the first change to the disk. */
  readonly beforeFirstWrite: () => void;
  /** Whether the disk is worth a thread of its own: for many files, not for a few. */
  readonly ownThread?: boolean;
}

/**
 * The cluster's folder as a place outputs are written to: knows what earlier builds wrote, and keeps account
 * of what this one finds and does.
 */
export class OutputFolder {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #known: Readonly<Record<string, IndexedFile>>;
  readonly #files: Record<string, IndexedFile>;
  /** After a build that did not end, temporary files may be about. */
  readonly #cleanUp: boolean;
  readonly #visited = new Set<string>();
  readonly #disk: DiskQueue;
  readonly #folders: PrivateFolders;
  #touched = false;

  constructor(
    readonly folder: string,
    index: OutputIndex | undefined,
    readonly options: OutputOptions,
  ) {
    this.#known = index?.files ?? {};
    this.#files = { ...this.#known };
    this.#cleanUp = index?.inputs === undefined;
    this.#disk = new DiskQueue(options.ownThread ?? false);
    this.#folders = new PrivateFolders(folder);
  }

  /** What has to be done for these outputs; nothing is done yet, see {@link OutputFolder.apply}. */
  plan(tree: FileTree): WriteAction[] {
    return tree.map((entry) => {
      for (const path of this.#folders.look(entry.path)) this.#outcomes.set(path, { path, kind: 'mode', known: true });
      const known = this.#known[entry.path];
      const disk = readDisk(this.folder, entry.path, known);
      const action = planWrite(entry, disk, known !== undefined, this.options);
      const before = this.#outcomes.get(entry.path);
      // The lock is planned several times in one build; its first change is what counts.
      if (before === undefined || before.kind === 'unchanged') {
        this.#outcomes.set(entry.path, { path: entry.path, kind: action.kind, known: known !== undefined });
      }
      return action;
    });
  }

  /** Outputs of earlier builds that are wanted no more: those nobody touched, to be removed. */
  planRemovals(obsolete: readonly string[]): string[] {
    const removable = obsolete.filter((path) => {
      const indexed = this.#known[path];
      const present = readDisk(this.folder, path, indexed);
      if (present === undefined) delete this.#files[path];
      return present?.ours === 'yes';
    });
    for (const path of removable) this.#outcomes.set(path, { path, kind: 'remove', known: true });
    return removable;
  }

  /** Writes what differs, and remembers the status of everything. */
  async apply(actions: readonly WriteAction[], removals: readonly string[] = []): Promise<void> {
    if (this.#folders.pending || actions.some(isWrite)) this.#touch();
    this.#folders.shut();
    const results = await this.#disk.perform(actions.map((action) => this.#job(action)));
    actions.forEach((action, at) => {
      this.#remember(action, results[at]);
    });
    for (const path of removals) {
      this.#touch();
      rmSync(join(this.folder, path), { force: true });
      delete this.#files[path];
    }
  }

  /** Remembers a file that is the user's own, so that a change to it is noticed. */
  watch(path: string): void {
    const stats = statusAt(join(this.folder, path));
    if (stats !== undefined) this.#files[path] = { status: statusOf(stats), kept: true, extra: true };
  }

  /** What was found out and done, in the order it was planned. */
  summary(): OutputSummary {
    const outcomes = [...this.#outcomes.values()];
    const kept = outcomes.filter(({ kind }) => kind === 'keep').map(({ path }) => path);
    const changes = outcomes.filter(({ kind }) => kind !== 'keep' && kind !== 'unchanged');
    return { changes, kept, unchanged: outcomes.length - changes.length - kept.length };
  }

  /** Gives up an output: it stays on disk, and nothing is expected of it any more. */
  forget(path: string): void {
    delete this.#files[path];
  }

  /** The account of the files for the index: what this build saw, and what earlier ones know of others. */
  indexedFiles(): Readonly<Record<string, IndexedFile>> {
    return this.#files;
  }

  #job(action: WriteAction): DiskJob {
    const { entry, kind } = action;
    const path = join(this.folder, entry.path);
    return {
      path,
      mode: entry.mode,
      content: isWrite(action) && kind !== 'mode' ? entry.content : undefined,
      setMode: kind === 'mode' || kind === 'keep',
      visit: this.#visit(dirname(path)),
      hash: isEditable(entry.path) && kind !== 'keep' ? entry.content : undefined,
    };
  }

  #remember(action: WriteAction, result: DiskResult | undefined): void {
    if (result?.status === undefined) return;
    const { status, hash } = result;
    this.#files[action.entry.path] = { status, ...this.#accountOf(action, status, hash) };
  }

  /** Of a kept file, the hash of what we wrote last, so that an edit taken back is noticed. */
  #accountOf({ kind, entry }: WriteAction, status: FileStatus, hash: string | undefined): Partial<IndexedFile> {
    if (!isEditable(entry.path)) return {};
    const known = this.#known[entry.path];
    if (kind === 'keep') return { written: known?.written, kept: true };
    const untouched = known?.written !== undefined && known.kept !== true && sameStatus(known.status, status);
    return { written: untouched ? known.written : hash };
  }

  #touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.options.beforeFirstWrite();
  }

  /** Only for the first file in a folder. */
  #visit(folder: string): DiskJob['visit'] {
    if (this.#visited.has(folder)) return undefined;
    this.#visited.add(folder);
    return { tidy: this.#cleanUp };
  }
}

/** A tree whose paths begin with a folder. */
export function below(folder: string, tree: FileTree): FileEntry[] {
  return tree.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));
}
