import { readFileSync } from 'node:fs';
import { type CliContext, clusterPaths } from './context.js';

/**
 * Names of the machines in the inventory, for completion. Reads no more than the names: a file that does not
 * validate yet completes as well.
 */
export async function proposeMachines(this: CliContext, partial: string): Promise<readonly string[]> {
  const { parse } = await import('yaml');
  const { inventory } = clusterPaths(this, this.completing ?? {});
  try {
    const { machines } = parse(readFileSync(inventory, 'utf8')) as { machines: readonly { name: unknown }[] };
    return machines.map(({ name }) => String(name)).filter((name) => name.startsWith(partial));
  } catch {
    return [];
  }
}
