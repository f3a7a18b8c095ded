import { dirname, resolve } from 'node:path';
import {
  type InventoryCatalogue,
  type LoadedInventory,
  loadInventory,
  readComponentOptions,
} from '../inventory/index.js';
import { operatingSystems } from '../os/registry.js';
import { defaultKubernetesVersion, supportedKubernetesVersions } from '../releases/catalogue.js';
import { dns01Schema } from '../releases/cert-manager.js';
import { type CliContext, clusterPaths, displayPath } from './context.js';
import type { GlobalFlags } from './globals.js';

/** What this version of Ironkeel can build: the inventory is checked against it. */
export function catalogue(context: Pick<CliContext, 'version'>): InventoryCatalogue {
  return {
    kubernetesVersions: supportedKubernetesVersions(),
    defaultKubernetesVersion: defaultKubernetesVersion,
    systems: operatingSystems,
    componentOptions: readComponentOptions,
    dns01Schema,
    ironkeelVersion: context.version,
  };
}

/**
 * Reads and checks the inventory, and says its warnings.
 *
 * @throws InputError with every problem.
 */
export async function readInventory(context: CliContext, flags: GlobalFlags): Promise<LoadedInventory> {
  const { inventory } = clusterPaths(context, flags);
  const loaded = await loadInventory(displayPath(context, inventory), catalogue(context));
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
