import { toFlow } from './flow.js';
import { formatIp, parseIp } from './ip.js';
import { API_VERSION, KIND } from './schema.js';
import type { Architecture, Role } from './types.js';

/** A machine that is to be written into an inventory; a role `worker` and an arch `amd64` go without saying. */
export interface NewMachine {
  readonly name: string;
  readonly ip?: string | undefined;
  readonly role?: Role | undefined;
  readonly mac?: string | undefined;
  readonly publicAddress?: string | undefined;
  readonly arch?: Architecture | undefined;
  readonly os?: string | undefined;
  readonly installDisk?: string | undefined;
}

export interface NewInventory {
  readonly name: string;
  /** Public key file, relative to the inventory's folder. */
  readonly sshKeyFile: string;
  readonly domain?: string | undefined;
  readonly machines: readonly NewMachine[];
}

/** The name of the JSON Schema file that the editor's comment points at. */
export const SCHEMA_FILE = 'cluster.schema.json';

/** The first line of a new inventory: where the YAML language server finds the schema. */
export const SCHEMA_COMMENT = `# yaml-language-server: $schema=./${SCHEMA_FILE}`;

const GUIDE: NewInventory = {
  name: 'guide',
  sshKeyFile: 'id.pub',
  domain: 'example.com',
  machines: [
    { name: 'controller', ip: '10.10.10.1', role: 'controller' },
    { name: 'worker1', ip: '10.10.10.2' },
    { name: 'worker2', ip: '10.10.10.3' },
    { name: 'example.com', ip: '123.234.234.123', role: 'edge' },
  ],
};

/** The inventory of a documented example. */
export function exampleInventory(_name: 'guide'): string {
  return newInventory(GUIDE);
}

/** The text of a new cluster.yaml with the comments that a newcomer wants, and the editor's schema comment. */
export function newInventory({ name, sshKeyFile, domain, machines }: NewInventory): string {
  return [
    SCHEMA_COMMENT,
    '# The machines of one Kubernetes cluster. `ironkeel validate` checks this file, `ironkeel build` makes the drives.',
    `apiVersion: ${API_VERSION}`,
    `kind: ${KIND}`,
    `name: ${toFlow(name)}`,
    '',
    '# Who may log in to the machines: a file with public keys, or the keys themselves.',
    `sshKeys: ${toFlow([{ file: sshKeyFile }])}`,
    '',
    '# The domains that the machines with the role edge serve.',
    domain === undefined ? '# domains: [{name: example.com}]' : `domains: ${toFlow([{ name: domain }])}`,
    '',
    ...dhcpLines(machines),
    '# role: controller, worker (the default) or edge. Without an ip a machine asks DHCP; mac, labels, taints and',
    '# a static network can follow.',
    ...machineLines(machines),
    '',
  ].join('\n');
}

/** Machines let in the others by address; the network of the first known one is the best guess for those of DHCP. */
function dhcpLines(machines: readonly NewMachine[]): string[] {
  if (machines.every(({ ip }) => ip !== undefined)) return [];
  const known = machines.map(({ ip }) => parseIp(ip ?? '')).find((address) => address !== undefined);
  if (known === undefined) return [];
  const nodes = [`${formatIp((known & ~255) >>> 0)}/24`];
  return [
    '# Where machines without an ip get their addresses, which the others let in: set it to your DHCP server’s range.',
    `firewall: ${toFlow({ nodes })}`,
    '',
  ];
}

function machineLines(machines: readonly NewMachine[]): string[] {
  if (machines.length === 0) return ['machines: []'];
  return ['machines:', ...machines.map((machine) => `  - ${toFlow(machineFields(machine))}`)];
}

/** A machine's fields in the order they are written, without those that have their default. */
export function machineFields({ role, arch, ...rest }: NewMachine): Record<string, string | undefined> {
  const { name, ip, mac, publicAddress, os, installDisk } = rest;
  return {
    name,
    ip,
    role: role === 'worker' ? undefined : role,
    mac,
    publicAddress,
    arch: arch === 'amd64' ? undefined : arch,
    os,
    installDisk,
  };
}
