import { loadIndex, type OutputIndex, refuseReadableSecrets } from '../../delivery/index.js';
import { configDrive, type Generated, generate } from '../../generate.js';
import type { Cluster, LoadedInventory } from '../../inventory/index.js';
import { type Issued, issueCertificates } from '../../pki/index.js';
import { type ClusterPlan, planCluster } from '../../plan/index.js';
import type { Instant } from '../../support/clock.js';
import { InputError, type Problem } from '../../support/problem.js';
import { suggest } from '../../support/suggest.js';
import type { BuildFlags } from '../commands/build.js';
import { type CliContext, type ClusterPaths, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { unlockFrom } from '../unlock.js';
import { bundleProblems } from './bundle-problems.js';
import { type History, readHistory } from './history.js';
import { type FoundSecrets, findSecrets } from './secrets.js';

/** Everything a build has to know, found out before anything is written. */
export interface Preparation {
  readonly paths: ClusterPaths;
  readonly loaded: LoadedInventory;
  readonly plan: ClusterPlan;
  /** The machines to write; undefined: all of them, and the operator's files. */
  readonly names: ReadonlySet<string> | undefined;
  readonly index: OutputIndex | undefined;
  /** As they were before issuing. */
  readonly found: FoundSecrets;
  readonly issued: Issued;
  readonly history: History;
  readonly generated: Generated;
}

/**
 * Reads, checks and computes; certificates are issued in memory only.
 *
 * @throws InputError for everything that can be refused.
 */
export async function prepareBuild(
  context: CliContext,
  flags: BuildFlags & GlobalFlags,
  wanted: readonly string[],
  now: Instant,
): Promise<Preparation> {
  const paths = clusterPaths(context, flags);
  const inventory = await readInventory(context, flags);
  const { cluster } = inventory;
  const names = chooseMachines(cluster, wanted);
  refuseReadableSecrets(paths.folder);
  const index = loadIndex(paths.folder);
  const found = await findSecrets(paths.folder, cluster, unlockFrom(context, flags), now);
  const machines = cluster.machines.map(({ name }) => name);
  const history = readHistory(paths.folder, found.secrets.clusterId, index?.lock, machines);
  const plan = planCluster(cluster);
  const issued = issueCertificates(plan, found.secrets, now, (done, total) => {
    context.out.progress(`issuing certificates: ${done} of ${total}`);
  });
  const { generations, bundle } = history;
  const plainCaKeys = found.storage.mode === 'plain';
  // Once the cluster was seen, an empty data directory is a loss and no beginning.
  const etcdState = history.bringUp === undefined ? 'new' : 'existing';
  const generated = generate(cluster, issued.secrets, { generations, bundle, etcdState, plainCaKeys });
  rehearse(cluster, generated);
  const unfit = bundleProblems(cluster, bundle);
  for (const problem of unfit) context.out.problem(problem);
  const loaded = { ...inventory, warnings: [...inventory.warnings, ...unfit] };
  return { paths, loaded, plan, names, index, found, issued, history, generated };
}

/**
 * Renders one machine of each kind, so that what the catalogue or an operating system refuses is refused before
 * anything is written.
 *
 * @throws InputError
 */
function rehearse({ machines }: Cluster, generated: Generated): void {
  const kinds = new Map(machines.map(({ name, role, os, architecture }) => [`${role} ${os} ${architecture}`, name]));
  for (const machine of generated.machines(new Set(kinds.values()))) configDrive(machine.files);
}

/** Undefined: every machine. */
function chooseMachines({ machines }: Cluster, wanted: readonly string[]): ReadonlySet<string> | undefined {
  if (wanted.length === 0) return undefined;
  const known = new Set(machines.map(({ name }) => name));
  const problems = wanted.filter((name) => !known.has(name)).map((name) => unknownMachine(name, known));
  if (problems.length > 0) throw new InputError(problems);
  return new Set(wanted);
}

function unknownMachine(name: string, known: ReadonlySet<string>): Problem {
  const near = suggest(name, known);
  const remedy = near === undefined ? 'See `ironkeel machine list`' : `did you mean "${near}"?`;
  return { severity: 'error', code: 'unknown-machine', message: `there is no machine "${name}"`, remedy, value: name };
}
