import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  fileHash,
  loadIndex,
  OutputFolder,
  type OutputIndex,
  type RecordedInputs,
  refuseReadableSecrets,
  saveIndex,
  staleFolders,
  trackedSecrets,
} from '../../delivery/index.js';
import { generate } from '../../generate.js';
import type { Cluster, LoadedInventory } from '../../inventory/index.js';
import { issueCertificates, listCertificates } from '../../pki/index.js';
import { type ClusterPlan, planCluster } from '../../plan/index.js';
import { ENCRYPTED_SECRETS_FILE, SECRETS_FILE, type Secrets, saveSecrets } from '../../secrets/index.js';
import { DAY, type Instant } from '../../support/clock.js';
import { InputError, type Problem } from '../../support/problem.js';
import { suggest } from '../../support/suggest.js';
import type { BuildFlags } from '../commands/build.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { inputHashes, readInventory } from '../inventory.js';
import { unlockFrom } from '../unlock.js';
import { readHistory } from './history.js';
import { keptProblems } from './kept.js';
import type { BuildReport } from './report.js';
import { type FoundSecrets, findSecrets } from './secrets.js';
import { toolIdentity } from './unchanged.js';
import { writeOutputs } from './write-outputs.js';

/**
 * The whole build: inventory, secrets, certificates, files. Everything that can be refused is refused before
 * anything is written, and the secrets are saved before anything that depends on them.
 */
export async function buildCluster(
  context: CliContext,
  flags: BuildFlags & GlobalFlags,
  wanted: readonly string[],
): Promise<BuildReport> {
  const started = context.now();
  const { folder, inventory } = clusterPaths(context, flags);
  const loaded = await readInventory(context, flags);
  const { cluster } = loaded;
  const names = chooseMachines(cluster, wanted);
  refuseReadableSecrets(folder);
  const index = loadIndex(folder);
  const found = await findSecrets(folder, cluster, unlockFrom(context, flags), started);
  const machines = cluster.machines.map(({ name }) => name);
  const { clusterId } = found.secrets;
  const generations = readHistory(folder, clusterId, index?.lock, machines);

  const plan = planCluster(cluster);
  const issued = issueCertificates(plan, found.secrets, started, (done, total) => {
    context.out.progress(`issuing certificates: ${done} of ${total}`);
  });
  if (!flags.check) await saveChangedSecrets(context, folder, found, issued.secrets);

  const output = new OutputFolder(folder, index, {
    force: flags.force,
    beforeFirstWrite: () => {
      if (index?.inputs !== undefined) saveIndex(folder, { ...index, inputs: undefined });
    },
  });
  const generated = generate(cluster, issued.secrets, {
    generations,
    plainCaKeys: found.storage.mode === 'plain',
  });
  const lock = await writeOutputs(context, {
    output,
    index,
    cluster,
    clusterId,
    generated,
    generations,
    names,
    check: flags.check,
  });

  if (!flags.check) {
    const complete = names === undefined;
    const inputs = complete
      ? recordInputs(context, { folder, inventory, loaded, plan, secrets: issued.secrets, now: started })
      : undefined;
    const { warnings } = loaded;
    saveIndex(folder, {
      version: 1,
      inputs,
      cluster: cluster.name,
      machines,
      lock,
      warnings,
      files: output.indexedFiles(),
    });
  }
  for (const problem of finalWarnings(folder, output, index)) context.out.problem(problem);
  return {
    cluster: cluster.name,
    machines: names?.size ?? machines.length,
    check: flags.check,
    ...output.summary(),
    certificates: issued.changes,
    stale: staleFolders(folder, new Set(machines)),
    firstBuild: found.minted,
    milliseconds: context.now() - started,
  };
}

/** Undefined: every machine. */
function chooseMachines({ machines }: Cluster, wanted: readonly string[]): ReadonlySet<string> | undefined {
  if (wanted.length === 0) return undefined;
  const known = new Set(machines.map(({ name }) => name));
  const problems = wanted
    .filter((name) => !known.has(name))
    .map((name): Problem => {
      const near = suggest(name, known);
      const remedy = near === undefined ? 'See `ironkeel machine list`' : `did you mean "${near}"?`;
      return {
        severity: 'error',
        code: 'unknown-machine',
        message: `there is no machine "${name}"`,
        remedy,
        value: name,
      };
    });
  if (problems.length > 0) throw new InputError(problems);
  return new Set(wanted);
}

async function saveChangedSecrets(
  context: CliContext,
  folder: string,
  found: FoundSecrets,
  secrets: Secrets,
): Promise<void> {
  if (!found.minted && secrets === found.secrets) return;
  context.out.progress('saving the secrets');
  await saveSecrets(folder, secrets, found.storage);
}

interface InputsSource {
  readonly folder: string;
  readonly inventory: string;
  readonly loaded: LoadedInventory;
  readonly plan: ClusterPlan;
  readonly secrets: Secrets;
  readonly now: Instant;
}

function recordInputs(context: CliContext, source: InputsSource): RecordedInputs {
  const { folder, inventory, loaded, plan, secrets, now } = source;
  const secretFiles = [SECRETS_FILE, ENCRYPTED_SECRETS_FILE]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));
  const hashes = Object.fromEntries(secretFiles.map((path) => [path, fileHash(path)]));
  return {
    tool: toolIdentity(context),
    inventory,
    files: { ...inputHashes(inventory, loaded), ...hashes },
    renewAt: nextRenewal(plan, secrets, now),
  };
}

/** When the next certificate comes due; those that are past it have been judged not worth a new one. */
function nextRenewal(plan: ClusterPlan, secrets: Secrets, now: Instant): Instant {
  const margin = plan.cluster.certificates.renewBeforeDays * DAY;
  const due = listCertificates(plan, secrets).map(({ notAfter }) => notAfter - margin);
  return due.filter((instant) => instant > now).reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
}

function finalWarnings(folder: string, output: OutputFolder, index: OutputIndex | undefined): Problem[] {
  const { kept } = output.summary();
  return [...keptProblems(kept, index === undefined), ...trackedSecrets(folder)];
}
