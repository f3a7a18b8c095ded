import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routerNamespace } from './topology.js';
import type { Lab } from './types.js';

/** Places in the lab where the host's own programs can be run. */
export const LAB_HOSTS = ['client', 'lan', 'router'] as const;
export type LabHostName = (typeof LAB_HOSTS)[number];

/** Whether a name is one of the lab's own hosts; a machine of that name goes before it. */
export function isLabHost({ plan }: Lab, name: string): name is LabHostName {
  return !plan.machines.some((machine) => machine.name === name) && LAB_HOSTS.some((host) => host === name);
}

/** Name servers of the lab's hosts, each in a file that is bound over theirs. */
export function writeResolvConfs({ plan, folder }: Lab): void {
  for (const { name, segment } of plan.hosts) {
    const router = plan.segments.find((each) => each.name === segment)?.routers[0] ?? '';
    writeFileSync(resolvConf(folder, name), `nameserver ${router}\n`);
  }
  writeFileSync(resolvConf(folder, 'router'), 'nameserver 127.0.0.1\n');
}

function resolvConf(folder: string, name: LabHostName): string {
  return join(folder, `${name}.resolv.conf`);
}

/** The command line that runs a program of the host inside the lab's network: its files, the lab's addresses and names. */
export function hostCommand({ plan, folder }: Lab, name: LabHostName, command: readonly string[]): readonly string[] {
  const namespace = plan.hosts.find((host) => host.name === name)?.namespace ?? routerNamespace(plan);
  const bind = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';
  const unshare = ['unshare', '--mount', '--propagation', 'private'];
  return [
    'nsenter',
    `--net=/run/netns/${namespace}`,
    ...unshare,
    ...['bash', '-c', bind, 'lab-exec', resolvConf(folder, name)],
    ...command,
  ];
}
