import { loadLock, saveLock } from '../../delivery/index.js';
import type { LoadedInventory } from '../../inventory/index.js';
import type { Bundle } from '../../releases/bundle.js';
import { componentVersions } from '../../releases/catalogue.js';
import type { Lock } from '../../releases/lock.js';
import { saveSecrets } from '../../secrets/index.js';
import { findSecrets } from '../build/secrets.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { type UnlockFlags, unlockFrom } from '../unlock.js';

/**
 * Writes what a bundle holds into the lock. Says whether that changed anything, which the next build then renders.
 *
 * @throws InputError when the lock or the secrets cannot be read.
 */
export async function pinBundle(
  context: CliContext,
  flags: UnlockFlags & GlobalFlags,
  inventory: LoadedInventory,
  bundle: Bundle,
): Promise<boolean> {
  const { folder } = clusterPaths(context, flags);
  const lock = loadLock(folder) ?? (await beginLock(context, flags, inventory));
  return saveLock(folder, { ...lock, bundle });
}

/** Before the first build: a lock names its cluster, so the cluster's secrets are made now. */
async function beginLock(
  context: CliContext,
  flags: UnlockFlags & GlobalFlags,
  { cluster }: LoadedInventory,
): Promise<Lock> {
  const { folder } = clusterPaths(context, flags);
  const found = await findSecrets(folder, cluster, unlockFrom(context, flags), context.now());
  if (found.minted) await saveSecrets(folder, found.secrets, found.storage);
  const { version } = cluster.kubernetes;
  const { clusterId } = found.secrets;
  return { version: 1, clusterId, kubernetes: version, components: componentVersions(version), machines: {} };
}
