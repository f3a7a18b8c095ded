import type { InventoryCatalogue } from './context.js';

/**
 * What can be done with a Kubernetes version: `known`, and `pinned` by the cluster's lock, can be built; `unpinned`
 * could be if it were pinned.
 */
export type VersionStanding = 'known' | 'pinned' | 'unpinned' | 'unsupported';

/** Where a version stands: its checksums come from the catalogue, from the lock, or from nowhere yet. */
export function versionStanding(
  version: string,
  { kubernetesVersions, kubernetesMinors = [], isPinned }: InventoryCatalogue,
): VersionStanding {
  if (kubernetesVersions.includes(version)) return 'known';
  const [, minor] = /^(\d+\.\d+)\.(?:0|[1-9]\d*)$/.exec(version) ?? [];
  if (minor === undefined || !kubernetesMinors.includes(minor)) return 'unsupported';
  return isPinned?.(version) ? 'pinned' : 'unpinned';
}
