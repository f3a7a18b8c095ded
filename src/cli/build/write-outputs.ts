import { dirname } from 'node:path';
import {
  type NodeFolderPlan,
  nodeFolder,
  type OutputFolder,
  type OutputIndex,
  planNodeFolder,
} from '../../delivery/index.js';
import { configDrive, type GeneratedMachine } from '../../generate.js';
import { SCHEMA_COMMENT, SCHEMA_FILE } from '../../inventory/index.js';
import { componentVersions } from '../../releases/catalogue.js';
import { type Lock, type LockedMachine, serialiseLock } from '../../releases/lock.js';
import { type FileTree, textFile } from '../../support/files.js';
import { schemaText } from '../actions/schema.js';
import type { CliContext } from '../context.js';
import { LOCK_PATH } from './history.js';
import type { Preparation } from './prepare.js';

/** Machines that are in memory at a time; their generations are locked before their files are written. */
const BATCH = 32;

/** Compares every output with the disk and, unless it is only a check, writes what differs. Gives the lock's text. */
export async function writeOutputs(
  context: CliContext,
  preparation: Preparation,
  output: OutputFolder,
  check: boolean,
): Promise<string> {
  const { index, names, generated, plan } = preparation;
  const earlier = groupByMachine(index);
  if (names === undefined) await writeOperatorFiles(context, preparation, output, earlier.get('') ?? [], check);
  const lock = new LockKeeper(preparation, output, check);
  const total = names?.size ?? plan.nodes.length;
  let done = 0;
  let writing: Promise<unknown> = Promise.resolve();
  for (const batch of batches(generated.machines(names), BATCH)) {
    const folders = batch.map((machine) => {
      lock.add(machine);
      const known = earlier.get(nodeFolder(machine.name)) ?? [];
      return planNodeFolder(output, machine.name, machine.files, known, configDrive);
    });
    if (!check) {
      // This batch is written while the next one is rendered; the disk keeps the order, the lock before the drives.
      const begun = Promise.all([lock.writeAhead(), ...folders.map((folder) => applyFolder(output, folder))]);
      begun.catch(() => {});
      await writing;
      writing = begun;
    }
    done += batch.length;
    context.out.progress(`${check ? 'comparing' : 'writing'} machines: ${done} of ${total}`);
  }
  await writing;
  await lock.write();
  return lock.text();
}

async function writeOperatorFiles(
  context: CliContext,
  preparation: Preparation,
  output: OutputFolder,
  earlier: readonly string[],
  check: boolean,
): Promise<void> {
  const files = [...preparation.generated.operatorFiles, ...editorSchema(context, preparation)];
  const actions = output.plan(files);
  const wanted = new Set(files.map(({ path }) => path));
  // A schema that the inventory no longer points to may still be what an editor was told to use.
  if (!wanted.has(SCHEMA_FILE)) output.forget(SCHEMA_FILE);
  const stays = new Set([LOCK_PATH, SCHEMA_FILE, ...wanted]);
  const removals = output.planRemovals(earlier.filter((path) => !stays.has(path)));
  if (!check) await output.apply(actions, removals);
}

async function applyFolder(output: OutputFolder, { actions, removals, extras }: NodeFolderPlan): Promise<void> {
  await output.apply(actions, removals);
  for (const path of extras) output.watch(path);
}

/** The schema that the inventory's first line points to, when it is the one that `init` writes into this folder. */
function editorSchema(context: CliContext, { paths, loaded }: Preparation): FileTree {
  const [first = ''] = loaded.text.replace(/^\ufeff/, '').split(/\r?\n/, 1);
  const pointed = first.trimEnd() === SCHEMA_COMMENT && dirname(paths.inventory) === paths.folder;
  return pointed ? [textFile(SCHEMA_FILE, schemaText(context))] : [];
}

/** Keeps `ironkeel.lock` ahead of the drives: a generation that was given out is never given to other content. */
class LockKeeper {
  readonly #lock: Omit<Lock, 'machines'>;
  readonly #machines: Record<string, LockedMachine>;
  #ahead = true;

  constructor(
    { plan, found, history }: Preparation,
    readonly output: OutputFolder,
    readonly check: boolean,
  ) {
    const { version } = plan.cluster.kubernetes;
    const components = componentVersions(version);
    const { bundle, bringUp, generations } = history;
    this.#lock = { version: 1, clusterId: found.secrets.clusterId, kubernetes: version, components, bundle, bringUp };
    // Machines that left the inventory stay: they may come back, and must not start anew then.
    this.#machines = Object.fromEntries(generations);
  }

  add({ name, sealed: { generation, digest } }: GeneratedMachine): void {
    const known = this.#machines[name];
    if (known?.generation === generation && known.digest === digest) return;
    this.#machines[name] = { generation, digest };
    this.#ahead = false;
  }

  /** Before drives are written: only where they hold a generation that is not locked yet. */
  async writeAhead(): Promise<void> {
    if (!this.#ahead) await this.write();
  }

  async write(): Promise<void> {
    const actions = this.output.plan([textFile(LOCK_PATH, this.text())]);
    if (!this.check) await this.output.apply(actions);
    this.#ahead = true;
  }

  text(): string {
    return serialiseLock({ ...this.#lock, machines: this.#machines });
  }
}

/** Paths that earlier builds wrote, by the machine's folder; those of no machine under the empty text. */
function groupByMachine(index: OutputIndex | undefined): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of Object.keys(index?.files ?? {})) {
    const folder = path.startsWith('inventory/') ? path.split('/', 2).join('/') : '';
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [path]);
    else group.push(path);
  }
  return groups;
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
