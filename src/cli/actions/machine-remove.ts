import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFolder } from '../../delivery/index.js';
import { removeMachine } from '../../inventory/index.js';
import type { CliContext } from '../context.js';
import { clusterPaths, displayPath } from '../context.js';
import { editInventory } from '../edit-inventory.js';
import type { GlobalFlags } from '../globals.js';

/** Takes one machine out of the inventory, and says what stays of it. */
export default function machineRemove(context: CliContext, flags: GlobalFlags, name: string): void {
  editInventory(context, flags, false, (text, file) => removeMachine(text, file, name));
  const { folder, inventory } = clusterPaths(context, flags);
  context.out.line(`removed ${name} from ${displayPath(context, inventory)}`);
  const left = nodeFolder(name);
  const stale = existsSync(join(folder, left));
  if (stale) context.out.line(`${left} holds its keys and stays; delete it when the machine is gone`);
  context.out.result({ removed: name, stale: stale ? [left] : [] });
}
