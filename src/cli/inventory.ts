import { dirname, resolve } from 'node:path';
import { loadLock } from '../delivery/lock-file.js';
import { loadStoredIndex } from '../delivery/output-index.js';
import {
  type InventoryCatalogue,
  type LoadedInventory,
  loadInventory,
  readComponentOptions,
} from '../inventory/index.js';
import { operatingSystems } from '../os/registry.js';
import {
  defaultKubernetesVersion,
  pinnedKubernetesVersions,
  SUPPORTED_MINORS,
  supportedKubernetesVersions,
} from '../releases/catalogue.js';
import { dns01Schema } from '../releases/cert-manager.js';
import { parseLock } from '../releases/lock.js';
import { type CliContext, clusterPaths, displayPath } from './context.js';
import type { GlobalFlags } from './globals.js';

/** What this version of Ironkeel can build, with what is pinned in a cluster's folder: the inventory is checked against it. */
export function catalogue(context: Pick<CliContext, 'version'>, folder?: string): InventoryCatalogue {
  return {
    kubernetesVersions: supportedKubernetesVersions(),
    kubernetesMinors: SUPPORTED_MINORS,
    isPinned: (version) => folder !== undefined && pinnedVersions(folder).includes(version),
    defaultKubernetesVersion: defaultKubernetesVersion,
    systems: operatingSystems,
    componentOptions: readComponentOptions,
    dns01Schema,
    ironkeelVersion: context.version,
  };
}

/** From the lock, or from the copy of it that the last build kept; what is wrong with either is told by the build. */
function pinnedVersions(folder: string): readonly string[] {
  const copy = () => {
    const text = loadStoredIndex(folder)?.lock;
    return text === undefined ? undefined : parseLock(text);
  };
  for (const read of [() => loadLock(folder), copy]) {
    try {
      const lock = read();
      if (lock !== undefined) return lock.bundle === undefined ? [] : pinnedKubernetesVersions(lock.bundle);
    } catch {}
  }
  return [];
}

/**
 * Reads and checks the inventory, and says its warnings.
 *
 * @param about what is known besides the catalogue and the lock.
 * @throws InputError with every problem.
 */
export async function readInventory(
  context: CliContext,
  flags: GlobalFlags,
  about: Partial<InventoryCatalogue> = {},
): Promise<LoadedInventory> {
  const { folder, inventory } = clusterPaths(context, flags);
  const loaded = await loadInventory(displayPath(context, inventory), { ...catalogue(context, folder), ...about });
  for (const warning of loaded.warnings) context.out.problem(warning);
  return loaded;
}

/** Every file that an inventory was read from, absolute, with its SHA-256. */
export function inputHashes(inventory: string, { inputs }: LoadedInventory): Record<string, string> {
  const folder = dirname(inventory);
  const [main, ...others] = inputs;
  return Object.fromEntries([
    [inventory, main?.sha256 ?? ''],
    ...others.map(({ path, sha256 }) => [resolve(folder, path), sha256]),
  ]);
}
