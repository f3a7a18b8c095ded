import type { CliContext } from '../context.js';
import { clusterPaths, displayPath } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { count } from '../table.js';

/** Checks the inventory; every problem is reported by the error that is thrown. */
export default async function validate(context: CliContext, flags: GlobalFlags): Promise<void> {
  const { cluster, warnings } = await readInventory(context, flags);
  const file = displayPath(context, clusterPaths(context, flags).inventory);
  const notes = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`;
  context.out.line(`${file}: ${cluster.name}, ${count(cluster.machines.length, 'machine')}, no errors${notes}`);
  context.out.result({ cluster: cluster.name, machines: cluster.machines.length });
}
