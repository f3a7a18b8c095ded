import { resolve } from 'node:path';
import { damagedFiles, fillBundle, missingParts, readBundle, type WantedBundle } from '../../delivery/bundle/index.js';
import { loadLock } from '../../delivery/index.js';
import type { LoadedInventory } from '../../inventory/index.js';
import type { Bundle } from '../../releases/bundle.js';
import { InputError, inputError } from '../../support/problem.js';
import { pinBundle } from '../bundle/pin.js';
import { clusterBundle } from '../bundle/wanted.js';
import type { BundleFlags } from '../commands/bundle.js';
import { type CliContext, clusterPaths, displayPath } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { count } from '../table.js';

const DEFAULT_FOLDER = 'bundle';

/** Fills, takes or checks the folder that machines download from. */
export default async function bundle(context: CliContext, flags: BundleFlags & GlobalFlags): Promise<ExitCode> {
  refuseContradictions(flags);
  // Pinning is what this command is for: it takes a version that is not pinned yet.
  const inventory = await readInventory(context, flags, { isPinned: () => true });
  const wanted = clusterBundle(inventory.cluster, flags.arch ?? []);
  const folder = folderOf(context, flags);
  if (flags.check) return await check(context, folder, wanted);
  const { held, fetched } =
    flags.use === undefined
      ? await fill(context, flags, inventory, folder, wanted)
      : { held: await take(context, folder, wanted), fetched: [] };
  const pinned = await pinBundle(context, flags, inventory, held);
  report(context, inventory, { folder, held, fetched, pinned });
  return EXIT.done;
}

function refuseContradictions({ out, use, from, check }: BundleFlags): void {
  const fetching = out !== undefined || from !== undefined;
  const remedy = 'See `ironkeel bundle --help`';
  if (use !== undefined && fetching)
    throw inputError('usage', '--use fetches nothing: it goes without --out and --from', remedy);
  if (check && from !== undefined) throw inputError('usage', '--check fetches nothing: it goes without --from', remedy);
}

/** What the user names is relative to where they are; the default lies in the cluster's folder. */
function folderOf(context: CliContext, flags: BundleFlags & GlobalFlags): string {
  const named = flags.use ?? flags.out;
  return named === undefined
    ? resolve(clusterPaths(context, flags).folder, DEFAULT_FOLDER)
    : resolve(context.cwd, named);
}

async function check(context: CliContext, folder: string, wanted: WantedBundle): Promise<ExitCode> {
  const held = readBundle(folder);
  const problems = [...(await damage(context, folder, held)), ...missingParts(wanted, held)];
  for (const problem of problems) context.out.problem(problem);
  context.out.result({ folder, files: held.files.length, images: held.images.length });
  if (problems.length > 0) return EXIT.failed;
  context.out.line(`${displayPath(context, folder)}: ${contents(held)}, all as they should be`);
  return EXIT.done;
}

async function fill(
  context: CliContext,
  flags: BundleFlags & GlobalFlags,
  { cluster }: LoadedInventory,
  folder: string,
  wanted: WantedBundle,
) {
  const progress = (text: string) => context.out.progress(text);
  const { registries } = cluster;
  const pinned = loadLock(clusterPaths(context, flags).folder)?.bundle;
  const { bundle, fetched } = await fillBundle(folder, wanted, { from: flags.from, pinned, registries, progress });
  return { held: bundle, fetched };
}

/** A damaged folder is refused with every fault; of an incomplete one it is said what is missing. */
async function take(context: CliContext, folder: string, wanted: WantedBundle): Promise<Bundle> {
  const held = readBundle(folder);
  const damaged = await damage(context, folder, held);
  if (damaged.length > 0) throw new InputError(damaged);
  for (const problem of missingParts(wanted, held)) context.out.problem(problem);
  return held;
}

async function damage(context: CliContext, folder: string, held: Bundle) {
  return await damagedFiles(folder, held, (path) => context.out.progress(`checking ${path}`));
}

interface Result {
  readonly folder: string;
  readonly held: Bundle;
  readonly fetched: readonly string[];
  readonly pinned: boolean;
}

function report(context: CliContext, { cluster }: LoadedInventory, { folder, held, fetched, pinned }: Result): void {
  const { out } = context;
  out.line(`${displayPath(context, folder)}: ${contents(held)}, ${fetched.length} fetched`);
  if (pinned)
    out.line('Their checksums are pinned in ironkeel.lock; `ironkeel build` makes the machines install them.');
  if (cluster.artefactMirror === undefined) {
    out.line('Serve the folder by HTTP, and set artefactMirror in cluster.yaml to its URL.');
  }
  out.result({ folder, files: held.files.length, images: held.images.length, fetched, pinned });
}

function contents({ files, images }: Bundle): string {
  return `${count(files.length, 'file')}, ${count(images.length, 'image')}`;
}
