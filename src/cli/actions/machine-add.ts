import { addMachine } from '../../inventory/index.js';
import type { MachineAddFlags } from '../commands/machine-add.js';
import type { CliContext } from '../context.js';
import { clusterPaths, displayPath } from '../context.js';
import { editInventory } from '../edit-inventory.js';
import type { GlobalFlags } from '../globals.js';

/** Adds one machine to the inventory. */
export default function machineAdd(
  context: CliContext,
  flags: MachineAddFlags & GlobalFlags,
  name: string,
  ip?: string,
): void {
  const { role, mac, os, arch, disk, publicAddress } = flags;
  const machine = { name, ip, role, mac, os, arch, installDisk: disk, publicAddress };
  editInventory(context, flags, true, (text, file) => addMachine(text, file, machine));
  const file = displayPath(context, clusterPaths(context, flags).inventory);
  context.out.line(`added ${name} to ${file}; \`ironkeel build\` makes its files`);
  context.out.result({ added: name });
}
