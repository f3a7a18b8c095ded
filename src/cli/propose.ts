import { type CliContext, clusterPaths } from './context.js';

/** Names of the machines in the inventory, for completion. */
export async function proposeMachines(this: CliContext, partial: string): Promise<readonly string[]> {
  const { machineNames } = await import('./machine-names.js');
  const { inventory } = clusterPaths(this, this.completing ?? {});
  return machineNames(inventory).filter((name) => name.startsWith(partial));
}
