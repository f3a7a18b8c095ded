import type { NftSet } from '../../formats/nftables.js';
import type { ClusterPlan, Node } from '../../plan/index.js';
import { ipv4Covers } from '../../support/ipv4.js';

/** Who is near: may log in to an edge, unless the inventory says otherwise, and use NodePorts. Never the Internet. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'];

/** The sets that the rules name, of IPv4 (`nodes`) and of IPv6 (`nodes6`) each. */
export function addressSets(plan: ClusterPlan, node: Node): Record<string, NftSet> {
  const { firewall } = plan.cluster;
  const machines = plan.nodes.flatMap(addressesOf);
  const near = [...PRIVATE_RANGES, ...firewall.nodes];
  return {
    ...bothFamilies('nodes', [...firewall.nodes, ...machines.filter(outside(firewall.nodes))]),
    ...bothFamilies('controllers', plan.controllers.flatMap(addressesOf)),
    ...bothFamilies('ssh', sshSources(plan, node) ?? []),
    ...bothFamilies('api', firewall.api ?? []),
    ...bothFamilies('near', [...near, ...machines.filter(outside(near))]),
  };
}

/** Who reaches SSH on the machine; undefined: anybody. */
export function sshSources({ cluster }: ClusterPlan, { machine }: Node): readonly string[] | undefined {
  return cluster.firewall.ssh ?? (machine.role === 'edge' ? PRIVATE_RANGES : undefined);
}

/** A machine behind a 1:1 translation is seen under either address, depending on the path. */
function addressesOf({ machine }: Node): string[] {
  return [machine.ip, machine.publicAddress].filter((address) => address !== undefined);
}

/** An address within a named range is left out, so that a machine more in that range is no change for the others. */
function outside(ranges: readonly string[]): (address: string) => boolean {
  const isV4 = (text: string) => !text.includes(':');
  return (address) => !isV4(address) || !ranges.filter(isV4).some((range) => ipv4Covers(range, address));
}

function bothFamilies(name: string, elements: readonly string[]): Record<string, NftSet> {
  const unique = [...new Set(elements)];
  const isV6 = (text: string) => text.includes(':');
  return {
    [name]: { type: 'ipv4_addr', elements: unique.filter((text) => !isV6(text)) },
    [`${name}6`]: { type: 'ipv6_addr', elements: unique.filter(isV6) },
  };
}
