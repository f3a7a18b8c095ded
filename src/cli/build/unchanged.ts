import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadIndex,
  nothingChanged,
  type OutputIndex,
  refuseReadableSecrets,
  staleFolders,
  trackedSecrets,
} from '../../delivery/index.js';
import type { BuildFlags } from '../commands/build.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { keptProblems } from './kept.js';
import type { BuildReport } from './report.js';

/**
 * The report of a build with nothing to do, told from the index of the last one without reading or making
 * anything else; undefined when that cannot be told.
 */
export function reportUnchanged(context: CliContext, flags: BuildFlags & GlobalFlags): BuildReport | undefined {
  const started = context.now();
  const { folder, inventory } = clusterPaths(context, flags);
  const index = loadIndex(folder);
  if (index === undefined || (flags.force && hasKept(index))) return undefined;
  if (existsSync(join(folder, 'secrets.json')) && existsSync(join(folder, 'secrets.json.age'))) return undefined;
  if (!nothingChanged(folder, index, { tool: toolIdentity(context), inventory }, started)) return undefined;
  refuseReadableSecrets(folder);
  for (const problem of [...index.warnings, ...keptProblems(keptFiles(index), false), ...trackedSecrets(folder)]) {
    context.out.problem(problem);
  }
  const kept = new Set(keptFiles(index));
  const outcomes = Object.keys(index.files).map((path) => {
    return { path, kind: kept.has(path) ? ('keep' as const) : ('unchanged' as const), known: true };
  });
  return {
    cluster: index.cluster,
    machines: index.machines.length,
    check: flags.check,
    outcomes,
    certificates: [],
    stale: staleFolders(folder, new Set(index.machines)),
    firstBuild: false,
    milliseconds: context.now() - started,
  };
}

/**
 * Which program made the outputs. The time of a module goes in, so that whoever works on Ironkeel itself need not
 * change its version to see an effect.
 */
export function toolIdentity(context: CliContext): string {
  return `${context.version} ${statSync(new URL(import.meta.url)).mtimeMs}`;
}

function hasKept(index: OutputIndex): boolean {
  return Object.values(index.files).some(({ kept }) => kept);
}

/** Outputs that were edited; files of the user's own beside them are watched, but not outputs. */
function keptFiles(index: OutputIndex): string[] {
  return Object.entries(index.files).flatMap(([path, { kept, extra }]) => (kept && !extra ? [path] : []));
}
