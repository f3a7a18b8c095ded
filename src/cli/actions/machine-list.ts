import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { table } from '../table.js';

/** Lists the machines with what defaults gave them. */
export default async function machineList(context: CliContext, flags: GlobalFlags): Promise<void> {
  const { cluster } = await readInventory(context, flags);
  const rows = cluster.machines.map(({ name, role, ip, publicAddress, mac, architecture, os, osChannel }) => [
    name,
    role,
    ip ?? 'DHCP',
    publicAddress ?? '-',
    mac ?? '-',
    architecture,
    `${os} ${osChannel}`,
  ]);
  const heading = ['NAME', 'ROLE', 'IP', 'PUBLIC', 'MAC', 'ARCH', 'OS'];
  for (const line of table([heading, ...rows])) context.out.line(line);
  context.out.result({
    machines: cluster.machines.map(({ name, role, ip, publicAddress, mac, architecture, os, osChannel }) => ({
      name,
      role,
      ip,
      publicAddress,
      mac,
      architecture,
      os,
      osChannel,
    })),
  });
}
