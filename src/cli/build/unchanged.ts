import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
// One by one, not by the room's index: what only a build with something to do needs takes longer to load than
// all of this takes to run.
import { staleFolders } from '../../delivery/node-folders.js';
import { loadStoredIndex, type StoredIndex } from '../../delivery/output-index.js';
import { refuseReadableSecrets, trackedSecrets } from '../../delivery/secret-guard.js';
import { nothingChanged } from '../../delivery/unchanged.js';
import type { BuildFlags } from '../commands/build.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { keptProblems } from './kept.js';
import type { BuildReport } from './report.js';

/**
 * The report of a build with nothing to do, told from the index of the last one without reading or making
 * anything else; undefined when that cannot be told.
 */
export function reportUnchanged(
  context: CliContext,
  flags: BuildFlags & GlobalFlags,
  wanted: readonly string[],
): BuildReport | undefined {
  const started = context.now();
  const { folder, inventory } = clusterPaths(context, flags);
  const index = loadStoredIndex(folder);
  if (index === undefined) return undefined;
  const kept = keptFiles(index);
  if (flags.force && kept.length > 0) return undefined;
  if (wanted.some((name) => !index.machines.includes(name))) return undefined;
  if (existsSync(join(folder, 'secrets.json')) && existsSync(join(folder, 'secrets.json.age'))) return undefined;
  if (!nothingChanged(folder, index, { tool: toolIdentity(context), inventory }, started)) return undefined;
  refuseReadableSecrets(folder);
  for (const problem of [...index.warnings, ...keptProblems(kept, false), ...trackedSecrets(folder)]) {
    context.out.problem(problem);
  }
  return {
    cluster: index.cluster,
    machines: index.machines.length,
    check: flags.check,
    changes: [],
    kept,
    unchanged: index.paths.length - index.kept.length,
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

/** Outputs that were edited; files of the user's own beside them are watched, but not outputs. */
function keptFiles({ paths, kept, extras }: StoredIndex): string[] {
  const ignored = new Set(extras);
  return kept.filter((at) => !ignored.has(at)).map((at) => paths[at] ?? '');
}
