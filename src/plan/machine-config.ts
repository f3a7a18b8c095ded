import type { Machine } from '../inventory/types.js';
import { textFile } from '../support/files.js';
import { hasIngress } from './cluster-plan.js';
import type { ClusterPlan, HostDirectory, HostFile, HostUnit, LoginUser, MachineConfig, Node } from './types.js';

/** What the rooms beside this one contribute to one machine. */
export interface MachineParts {
  readonly clusterId: string;
  readonly user: Pick<LoginUser, 'name' | 'groups'>;
  /** The installation's own, and those of the operating system that would get in the way, masked. */
  readonly units: readonly HostUnit[];
  /** Certificates, keys and kubeconfigs. */
  readonly pkiFiles: readonly HostFile[];
  /** The static network and time servers in the form of the operating system. */
  readonly systemFiles: readonly HostFile[];
  /** `ironkeel-adopt`, the same for every machine. */
  readonly adoptProgram: HostFile;
  /** `install.sh`, the same for every machine of a role, system and architecture. */
  readonly installProgram: HostFile;
  /** Folders that are to be there, with their owners, besides those of every machine. */
  readonly directories: readonly HostDirectory[];
}

/** On every machine. */
const DIRECTORIES = [
  hostDirectory('/etc/ironkeel', 0o755),
  hostDirectory('/etc/kubernetes', 0o755),
  hostDirectory('/etc/kubernetes/pki', 0o755),
];

/** Kernel modules pod networking and overlay root filesystems need; loaded at run time by the adoption. */
const MODULES = ['br_netfilter', 'nf_conntrack', 'overlay'];

/** Forwarding and bridge filtering for pods; the rest are the values kubelet's `protectKernelDefaults` asks for. */
const SYSCTLS = {
  'fs.inotify.max_user_instances': '8192',
  'fs.inotify.max_user_watches': '524288',
  'kernel.keys.root_maxbytes': '25000000',
  'kernel.keys.root_maxkeys': '1000000',
  'kernel.panic': '10',
  'kernel.panic_on_oops': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.ipv4.ip_forward': '1',
  'vm.overcommit_memory': '1',
  'vm.panic_on_oom': '0',
};

/** An ingress is nobody in particular and listens on ports 80 and 443 of its machine: no privilege is needed for them. */
const EDGE_SYSCTLS = { ...SYSCTLS, 'net.ipv4.ip_unprivileged_port_start': '80' };

/**
 * The configuration of one machine, whatever its operating system and delivery. Pure: the same plan and
 * parts give the same value.
 */
export function planMachine(plan: ClusterPlan, node: Node, parts: MachineParts): MachineConfig {
  const { machine } = node;
  return {
    machine: machine.name,
    clusterId: parts.clusterId,
    role: machine.role,
    os: machine.os,
    hostname: machine.name,
    users: [{ ...parts.user, sshKeys: plan.cluster.sshKeys }],
    network: machine.network,
    directories: [...DIRECTORIES, ...parts.directories].sort(byPath),
    files: hostFiles(node, parts),
    links: [],
    units: hostUnits(machine, parts),
    sysctls: hasIngress(plan, node) ? EDGE_SYSCTLS : SYSCTLS,
    modules: MODULES,
    kernelArguments: [],
  };
}

/** Absolute path, text, mode: a file that belongs to root. */
export function rootFile(path: string, text: string, mode = 0o644): HostFile {
  return { ...textFile(path, text, mode), uid: 0, gid: 0 };
}

/** A folder, root's unless told otherwise. */
export function hostDirectory(path: string, mode: number, owner = 0): HostDirectory {
  return { path, mode, uid: owner, gid: owner };
}

function hostFiles(node: Node, parts: MachineParts): HostFile[] {
  const { machine } = node;
  const files = [
    rootFile('/etc/hostname', `${machine.name}\n`),
    rootFile('/etc/ironkeel/machine', `${machine.name}\n`),
    rootFile('/etc/ironkeel/node-name', `${node.nodeName}\n`),
    parts.adoptProgram,
    parts.installProgram,
    ...parts.pkiFiles,
    ...parts.systemFiles,
    ...machine.files.map((file) => ({ ...file, uid: 0, gid: 0 })),
  ];
  return files.sort(byPath);
}

function hostUnits(machine: Machine, parts: MachineParts): HostUnit[] {
  const extra = machine.units.map(
    ({ name, content, enabled }): HostUnit => ({ name, content, dropIns: [], state: enabled ? 'enabled' : 'disabled' }),
  );
  return [...parts.units, ...extra];
}

/** Byte order, so that no locale changes the output. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
