import type { Role, StaticNetwork } from '../inventory/types.js';
import type { OverlayEntry } from './overlay.js';

/** A lab as data: what is made for one cluster. Computed from the inventory alone, so that it can be looked at before anything exists. */
export interface LabPlan {
  /** UUID of the cluster. */
  readonly clusterId: string;
  readonly clusterName: string;
  /** In front of every name the lab gives to something of the host's, such as a namespace. */
  readonly prefix: string;
  readonly segments: readonly Segment[];
  readonly machines: readonly LabMachine[];
  /** The lab's own hosts: `client` on the first public segment, `lan` on the first of the others. */
  readonly hosts: readonly LabHost[];
  readonly dns: DnsPlan;
  /** Addresses that stand for a machine's own, one to one. */
  readonly translations: readonly Translation[];
}

/** One Ethernet segment with the router's bridge in its middle. */
export interface Segment {
  /** Name of the router's bridge, at most 15 characters. */
  readonly name: string;
  /** Whether its addresses are public ones. */
  readonly public: boolean;
  /** First address, such as `10.10.10.0`. */
  readonly network: string;
  readonly prefixLength: number;
  /** The router's own addresses; the first is what DHCP tells. */
  readonly routers: readonly string[];
}

/** Something with one cable into a segment. */
export interface Station {
  readonly name: string;
  readonly ip: string;
  /** Lower-case, colon-separated. */
  readonly mac: string;
  /** Name of the {@link Segment}. */
  readonly segment: string;
  /** Its network namespace. */
  readonly namespace: string;
  /** The router's end of its cable. */
  readonly port: string;
}

export type LabHost = Station & { readonly name: 'client' | 'lan' };

export interface LabMachine extends Station {
  readonly role: Role;
  readonly os: string;
  /** Undefined: DHCP. */
  readonly network?: StaticNetwork | undefined;
}

export interface DnsPlan {
  /** Addresses by name; the name itself and nothing below it. */
  readonly hosts: readonly (readonly [name: string, addresses: readonly string[]])[];
  /** Addresses by domain: the name and all below it. */
  readonly domains: readonly (readonly [name: string, addresses: readonly string[]])[];
  /** Servers that static networks name: the router answers in their place. */
  readonly servers: readonly string[];
}

export interface Translation {
  readonly publicAddress: string;
  readonly ip: string;
}

export const DRIVER_NAMES = ['nspawn', 'qemu'] as const;
export type DriverName = (typeof DRIVER_NAMES)[number];

/** How a Flatcar machine gets its configuration: from the drive as on every boot, or by Ignition before the first. */
export type Provision = 'drive' | 'ignition';

/** A program of the host and the Debian package it is from. */
export interface Requirement {
  readonly program: string;
  readonly package: string;
}

/** A running lab as the commands share it: the plan, and where its things lie. */
export interface Lab {
  readonly plan: LabPlan;
  /** Holds all of the lab; removed with it. */
  readonly folder: string;
  /** Images and tools that outlive labs. */
  readonly cache: string;
  /** The cluster's folder, absolute. */
  readonly clusterFolder: string;
  readonly driver: DriverName;
  readonly provision: Provision;
  /** The artefacts that the mirror serves, absolute; undefined: no mirror. */
  readonly bundle?: string | undefined;
  /** What the machines' clocks say when they are switched on, as an RFC 3339 date and time of UTC; undefined: the host's. */
  readonly clock?: string | undefined;
  /** kube-proxy's ConfigMap without conntrack limits, as YAML: the product's own, which the lab does not know how to render. */
  readonly kubeProxy?: string | undefined;
}

/** The image of a drive as it is attached. */
export interface AttachedDrive {
  readonly device: string;
  /** Hex, of the attached image's bytes. */
  readonly sha256: string;
}

/**
 * What powers machines: one implementation a technology. All of a machine lies below `machineFolder(lab, machine)`,
 * so that each function works from the disk alone, whoever started the machine and whatever was killed meanwhile.
 */
export interface Driver {
  readonly name: DriverName;
  requirements(plan: LabPlan, provision: Provision): readonly Requirement[];
  /** Whether machines have a clock of their own, so that it can be wrong. */
  readonly ownClock: boolean;
  /** What the lab changes on a machine for its own sake. */
  overlay(lab: Lab, machine: LabMachine): readonly OverlayEntry[];
  /** Makes or finds the images and tools that machines are made from. */
  fetch(lab: Lab, say: (text: string) => void): void;
  /** Makes the machine's disk, or leaves it as it is. */
  prepare(lab: Lab, machine: LabMachine): void;
  /** Switches the machine on, and waits until it is. */
  start(lab: Lab, machine: LabMachine): Promise<void>;
  isOn(lab: Lab, machine: LabMachine): boolean;
  /** The drive as the running machine has it; undefined while it is off or has none. */
  drive(lab: Lab, machine: LabMachine): AttachedDrive | undefined;
  /** The program and arguments that run a command inside the machine, or undefined while it is off. */
  exec(lab: Lab, machine: LabMachine, command: readonly string[]): readonly string[] | undefined;
  /** Takes the power away: no process of the machine gets a word. */
  cut(lab: Lab, machine: LabMachine): Promise<void>;
  /** Switches off, if need be, and removes whatever is not below the machine's folder. */
  remove(lab: Lab, machine: LabMachine): Promise<void>;
}
