import { OutputFolder, saveIndex, staleFolders, trackedSecrets } from '../../delivery/index.js';
import { saveSecrets } from '../../secrets/index.js';
import type { BuildFlags } from '../commands/build.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { keptProblems } from './kept.js';
import { type Preparation, prepareBuild } from './prepare.js';
import { recordBuild } from './record.js';
import type { BuildReport } from './report.js';
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
  const preparation = await prepareBuild(context, flags, wanted, started);
  if (!flags.check) await saveChangedSecrets(context, preparation);
  const output = openOutput(preparation, flags);
  const lock = await writeOutputs(context, preparation, output, flags.check);
  if (!flags.check) recordBuild(context, preparation, output, lock, started);
  sayWarnings(context, preparation, output);
  return reportOf(context, flags, preparation, output, started);
}

async function saveChangedSecrets(context: CliContext, { paths, found, issued }: Preparation): Promise<void> {
  if (!found.minted && issued.secrets === found.secrets) return;
  context.out.progress('saving the secrets');
  await saveSecrets(paths.folder, issued.secrets, found.storage);
}

/** Below that, starting a thread takes longer than it saves. */
const MACHINES_WORTH_A_THREAD = 64;

/** Before the first write the index says that a build is under way; what it knows of the files stays true. */
function openOutput({ paths, index, plan, names }: Preparation, { force }: BuildFlags): OutputFolder {
  const beforeFirstWrite = () => {
    if (index?.inputs !== undefined) saveIndex(paths.folder, { ...index, inputs: undefined });
  };
  const ownThread = (names?.size ?? plan.nodes.length) >= MACHINES_WORTH_A_THREAD;
  return new OutputFolder(paths.folder, index, { force, beforeFirstWrite, ownThread });
}

function sayWarnings({ out }: CliContext, { paths, index }: Preparation, output: OutputFolder): void {
  const kept = keptProblems(output.summary().kept, index === undefined);
  for (const problem of [...kept, ...trackedSecrets(paths.folder)]) out.problem(problem);
}

function reportOf(
  context: CliContext,
  { check }: BuildFlags,
  { paths, loaded, names, issued, history }: Preparation,
  output: OutputFolder,
  started: number,
): BuildReport {
  const machines = loaded.cluster.machines.map(({ name }) => name);
  return {
    cluster: loaded.cluster.name,
    machines: names?.size ?? machines.length,
    check,
    ...output.summary(),
    certificates: issued.changes,
    stale: staleFolders(paths.folder, new Set(machines)),
    firstBuild: history.generations.size === 0,
    milliseconds: context.now() - started,
  };
}
