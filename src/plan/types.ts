import type { Cluster, Machine, OsName, Role, StaticNetwork } from '../inventory/types.js';

/** The inventory with everything derived from it: node names, endpoints, service addresses, members. */
export interface ClusterPlan {
  readonly cluster: Cluster;
  readonly nodes: readonly Node[];
  readonly controllers: readonly Node[];
  /** `https://host:port`, for kubeconfigs that people use. */
  readonly apiUrl: string;
  /** First address of the service range: the `kubernetes` Service. */
  readonly kubernetesServiceIp: string;
  /** Tenth address of the service range: cluster DNS. */
  readonly clusterDnsIp: string;
  /** One on every controller, in the inventory's order; none when etcd is external. */
  readonly etcdMembers: readonly EtcdMember[];
}

/** A member of etcd; all of them are known before the first machine boots. */
export interface EtcdMember {
  /** The machine's. */
  readonly name: string;
  readonly ip: string;
  /** `https://ip:2379`, `https://ip:2380` */
  readonly clientUrl: string;
  readonly peerUrl: string;
}

export interface Node {
  readonly machine: Machine;
  /** What Kubernetes calls it: the machine's name, or its IP with `nodeNames: ip`. */
  readonly nodeName: string;
}

/** Where an operating system lets us put things. */
export interface HostPaths {
  /** Executables, such as `/opt/bin`. */
  readonly binDir: string;
  /** CNI plugins. */
  readonly cniBinDir: string;
  /** Flex volume plugins: a writable folder, since `/usr` may be read-only. */
  readonly volumePluginDir: string;
}

/**
 * The one intermediate form of a machine's configuration. Every delivery (drive, PXE, SSH) and every
 * operating system renders this and nothing else.
 */
export interface MachineConfig {
  readonly machine: string;
  readonly clusterId: string;
  readonly role: Role;
  readonly os: OsName;
  readonly hostname: string;
  readonly users: readonly LoginUser[];
  readonly network?: StaticNetwork | undefined;
  readonly directories: readonly HostDirectory[];
  /** Sorted by path; units, sysctls and modules are not among them until the configuration is sealed. */
  readonly files: readonly HostFile[];
  readonly links: readonly HostLink[];
  readonly units: readonly HostUnit[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly kernelArguments: readonly string[];
}

export interface LoginUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly sshKeys: readonly string[];
}

export interface HostDirectory {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: Uint8Array;
}

export interface HostLink {
  readonly path: string;
  readonly target: string;
}

export interface HostUnit {
  readonly name: string;
  /** The unit file; absent when only drop-ins, enablement or a mask are wanted. */
  readonly content?: string | undefined;
  readonly dropIns: readonly { readonly name: string; readonly content: string }[];
  readonly state: 'enabled' | 'disabled' | 'masked';
}

/**
 * A {@link MachineConfig} with its generation: the payload below `/var/lib/ironkeel/incoming/GENERATION/`.
 * `manifest` names every file with its digest, `root/…` holds them at their final path.
 */
export interface SealedConfig {
  readonly config: MachineConfig;
  readonly generation: number;
  /** SHA-256 (hex) over everything but the generation. */
  readonly digest: string;
  /** Text of the manifest; see `docs/reference/generations.md`. */
  readonly manifest: string;
  /** Every file the machine is to hold, units, sysctls and modules included, sorted by path. */
  readonly files: readonly HostFile[];
  /** The units an operating system places and starts by itself, so that adoption runs: they find the program in the payload. */
  readonly bootUnits: readonly HostUnit[];
}
