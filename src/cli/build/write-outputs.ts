import {
  type NodeFolderPlan,
  nodeFolder,
  type OutputFolder,
  type OutputIndex,
  planNodeFolder,
} from '../../delivery/index.js';
import { configDrive, type Generated, type GeneratedMachine } from '../../generate.js';
import type { Cluster } from '../../inventory/types.js';
import type { PreviousGeneration } from '../../plan/index.js';
import { componentVersions } from '../../releases/catalogue.js';
import { type LockedMachine, serialiseLock } from '../../releases/lock.js';
import { textFile } from '../../support/files.js';
import type { CliContext } from '../context.js';
import { LOCK_PATH } from './history.js';

/** Machines that are in memory at a time; their generations are locked before their files are written. */
const BATCH = 32;

export interface OutputsPlan {
  readonly output: OutputFolder;
  readonly index: OutputIndex | undefined;
  readonly cluster: Cluster;
  readonly clusterId: string;
  readonly generated: Generated;
  readonly generations: ReadonlyMap<string, PreviousGeneration>;
  /** Undefined: every machine, and the operator's files. */
  readonly names: ReadonlySet<string> | undefined;
  readonly check: boolean;
}

/** Compares every output with the disk and, unless it is only a check, writes what differs. Gives the lock's text. */
export async function writeOutputs(context: CliContext, plan: OutputsPlan): Promise<string> {
  const earlier = groupByMachine(plan.index);
  if (plan.names === undefined) await writeOperatorFiles(plan, earlier.get('') ?? []);
  const lock = new LockKeeper(plan);
  const total = plan.names?.size ?? plan.cluster.machines.length;
  let done = 0;
  for (const batch of batches(plan.generated.machines(plan.names), BATCH)) {
    const folders = batch.map((machine) => {
      lock.add(machine);
      const known = earlier.get(nodeFolder(machine.name)) ?? [];
      return planNodeFolder(plan.output, machine.name, machine.files, known, configDrive);
    });
    await lock.writeAhead();
    if (!plan.check) for (const folder of folders) await applyFolder(plan.output, folder);
    done += batch.length;
    context.out.progress(`${plan.check ? 'comparing' : 'writing'} machines: ${done} of ${total}`);
  }
  await lock.write();
  return lock.text();
}

async function writeOperatorFiles(
  { output, generated, check }: OutputsPlan,
  earlier: readonly string[],
): Promise<void> {
  const actions = output.plan(generated.operatorFiles);
  const wanted = new Set(generated.operatorFiles.map(({ path }) => path));
  const removals = output.planRemovals(earlier.filter((path) => path !== LOCK_PATH && !wanted.has(path)));
  if (!check) await output.apply(actions, removals);
}

async function applyFolder(output: OutputFolder, { actions, removals, extras }: NodeFolderPlan): Promise<void> {
  await output.apply(actions, removals);
  for (const path of extras) output.watch(path);
}

/** Keeps `ironkeel.lock` ahead of the drives: a generation that was given out is never given to other content. */
class LockKeeper {
  readonly #plan: OutputsPlan;
  readonly #machines: Record<string, LockedMachine>;
  readonly #components;
  #ahead = true;

  constructor(plan: OutputsPlan) {
    this.#plan = plan;
    this.#components = componentVersions(plan.cluster.kubernetes.version);
    // Machines that left the inventory stay: they may come back, and must not start anew then.
    this.#machines = Object.fromEntries(plan.generations);
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
    const { output, check } = this.#plan;
    const actions = output.plan([textFile(LOCK_PATH, this.text())]);
    if (!check) await output.apply(actions);
    this.#ahead = true;
  }

  text(): string {
    const { clusterId, cluster } = this.#plan;
    const { version } = cluster.kubernetes;
    return serialiseLock({
      version: 1,
      clusterId,
      kubernetes: version,
      components: this.#components,
      machines: this.#machines,
    });
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
