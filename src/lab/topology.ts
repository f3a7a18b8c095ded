import type { Cluster, Machine } from '../inventory/types.js';
import { servedAddresses } from '../plan/index.js';
import { sha256 } from '../support/sha256.js';
import { type Block, blockOf, highestFree, holds, isPrivate } from './address.js';
import type { DnsPlan, LabHost, LabMachine, LabPlan, Segment, Station } from './types.js';

/** Where a machine's inventory says nothing of the network's size. */
const USUAL_PREFIX = 24;
/** For labs without a machine of that kind: RFC 5737's documentation block, and a private one. */
const SPARE_PUBLIC: Block = { network: '203.0.113.0', prefixLength: 24 };
const SPARE_PRIVATE: Block = { network: '10.213.0.0', prefixLength: 24 };

/**
 * The lab of a cluster. Machines get the addresses of the inventory, those without one the highest that are free;
 * each network becomes a segment with the router at its gateway, or at its last address.
 */
export function planLab(cluster: Cluster, clusterId: string): LabPlan {
  const prefix = `ironkeel-${sha256(clusterId).slice(0, 8)}`;
  const blocks = segmentBlocks(cluster);
  const { floatingAddress = '' } = cluster.ingress;
  const taken = new Set([
    floatingAddress,
    ...cluster.machines.flatMap(({ ip = '', publicAddress = '' }) => [ip, publicAddress]),
  ]);
  const segments = nameSegments(blocks.map((block) => withRouters(block, cluster, taken)));
  const stations = new StationMaker(clusterId, prefix, segments, taken);
  const machines = cluster.machines.map((machine) => stations.machine(machine));
  return {
    clusterId,
    clusterName: cluster.name,
    prefix,
    segments,
    machines,
    hosts: [stations.host('client', true), stations.host('lan', false)],
    dns: planDns(cluster, machines),
    translations: cluster.machines.flatMap(({ name, publicAddress }) => {
      const ip = machines.find((machine) => machine.name === name)?.ip ?? '';
      return publicAddress === undefined || publicAddress === ip ? [] : [{ publicAddress, ip }];
    }),
  };
}

/** The network namespace of the router. */
export function routerNamespace({ prefix }: Pick<LabPlan, 'prefix'>): string {
  return `${prefix}-router`;
}

/** The router's address that serves the mirror: on the first segment that is not public. */
export function mirrorAddress({ segments }: Pick<LabPlan, 'segments'>): string {
  return (segments.find((segment) => !segment.public) ?? segments[0])?.routers[0] ?? '';
}

/** Disjoint blocks, the widest of those that overlap; a private and a public one at least. */
function segmentBlocks({ machines }: Cluster): Block[] {
  const wanted = machines.flatMap(({ ip, publicAddress, network }) => {
    const prefixLength = network === undefined ? USUAL_PREFIX : Number(network.address.split('/')[1]);
    const own = ip === undefined ? [] : [blockOf(ip, prefixLength)];
    return publicAddress === undefined ? own : [...own, blockOf(publicAddress, USUAL_PREFIX)];
  });
  const blocks: Block[] = [];
  for (const block of [...wanted].sort((a, b) => a.prefixLength - b.prefixLength)) {
    if (!blocks.some((wider) => holds(wider, block.network))) blocks.push(block);
  }
  // In the order of the inventory, so that the first segment is the first machine's.
  blocks.sort((a, b) => position(wanted, a) - position(wanted, b));
  if (blocks.every(({ network }) => isPrivate(network))) blocks.push(SPARE_PUBLIC);
  if (!blocks.some(({ network }) => isPrivate(network))) blocks.push(SPARE_PRIVATE);
  return blocks;
}

function position(wanted: readonly Block[], block: Block): number {
  return wanted.findIndex(({ network }) => holds(block, network));
}

function withRouters(block: Block, { machines }: Cluster, taken: Set<string>): Omit<Segment, 'name'> {
  const gateways = machines.flatMap(({ network }) => network?.gateway ?? []).filter((each) => holds(block, each));
  const routers = gateways.length > 0 ? [...new Set(gateways)] : [highestFree(block, taken)];
  for (const router of routers) taken.add(router);
  return { ...block, public: !isPrivate(block.network), routers };
}

function nameSegments(segments: readonly Omit<Segment, 'name'>[]): Segment[] {
  const counts = { public: 0, lan: 0 };
  return segments.map((segment) => {
    const kind = segment.public ? 'public' : 'lan';
    return { name: `${kind}${counts[kind]++}`, ...segment };
  });
}

class StationMaker {
  #ports = 0;

  constructor(
    readonly clusterId: string,
    readonly prefix: string,
    readonly segments: readonly Segment[],
    readonly taken: Set<string>,
  ) {}

  machine({ name, role, os, ip, mac, network }: Machine): LabMachine {
    const segment = ip === undefined ? this.#first(false) : this.#holding(ip);
    const own = mac ?? network?.mac;
    return { ...this.#station(name, segment, ip, own, `${this.prefix}-machine-${name}`), role, os, network };
  }

  host(name: LabHost['name'], inPublic: boolean): LabHost {
    return { ...this.#station(name, this.#first(inPublic), undefined, undefined, `${this.prefix}-${name}`), name };
  }

  #station(
    name: string,
    segment: Segment,
    ip: string | undefined,
    mac: string | undefined,
    namespace: string,
  ): Station {
    const address = ip ?? highestFree(segment, this.taken);
    this.taken.add(address);
    const port = `port${this.#ports++}`;
    return {
      name,
      ip: address,
      mac: mac ?? madeUpMac(this.clusterId, namespace),
      segment: segment.name,
      namespace,
      port,
    };
  }

  #first(inPublic: boolean): Segment {
    return this.#find((segment) => segment.public === inPublic);
  }

  #holding(address: string): Segment {
    return this.#find((segment) => holds(segment, address));
  }

  #find(fits: (segment: Segment) => boolean): Segment {
    const found = this.segments.find(fits);
    if (found === undefined) throw new Error('the lab has no segment for a machine');
    return found;
  }
}

/** The same at every run; the prefix is the one QEMU uses, which no manufacturer has. */
function madeUpMac(clusterId: string, name: string): string {
  const digits = sha256(`${clusterId} ${name}`);
  return `52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
}

function planDns(cluster: Cluster, stations: readonly LabMachine[]): DnsPlan {
  const { endpoint, domains, machines } = cluster;
  // Some have their address from the lab.
  const addressed = machines.map((each) => ({ ...each, ip: stations.find(({ name }) => name === each.name)?.ip }));
  const controllers = stations.filter(({ role }) => role === 'controller').map(({ ip }) => ip);
  const hosts = stations.map(({ name, ip }): [string, string[]] => [name, [ip]]);
  const served = domains.map((domain): [string, string[]] => [
    domain.name,
    servedAddresses({ ...cluster, machines: addressed }, domain),
  ]);
  const known = new Set([...hosts, ...served].map(([name]) => name));
  const isName = !/^[\d.]+$/.test(endpoint.host);
  return {
    hosts: isName && !known.has(endpoint.host) ? [...hosts, [endpoint.host, controllers]] : hosts,
    domains: served.filter(([, addresses]) => addresses.length > 0),
    servers: [...new Set(machines.flatMap(({ network }) => network?.dns ?? []))].filter(
      (server) => !server.includes(':') && !stations.some(({ ip }) => ip === server),
    ),
  };
}
