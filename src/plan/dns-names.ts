import type { Cluster, Machine } from '../inventory/types.js';
import { floatingAddressOf, outsideAddress } from './served-addresses.js';

/** A name that DNS has to show to the world, with every machine it leads to. */
export interface DnsName {
  /** Without the dot at the end; a wildcard begins with `*.`. */
  readonly name: string;
  /** A domain itself, everything below one, or the API. */
  readonly purpose: 'apex' | 'wildcard' | 'endpoint';
  /** In the inventory's order: resolvers hand them out in turns. */
  readonly machines: readonly DnsMachine[];
}

export interface DnsMachine {
  /** `floating` for the address that edges share. */
  readonly name: string;
  /** Undefined where the inventory names none: DHCP decides, and DNS cannot be told beforehand. */
  readonly address?: string | undefined;
}

/**
 * The names a cluster needs in DNS: every domain and all below it lead to each edge that serves it, or to the address
 * that the edges share, the endpoint's name to each controller. An endpoint that is an address needs none.
 */
export function dnsNames(cluster: Cluster): readonly DnsName[] {
  const byName = new Map(cluster.machines.map((machine) => [machine.name, machine]));
  const domains = cluster.domains.flatMap((domain): DnsName[] => {
    const { name, edges } = domain;
    const floating = floatingAddressOf(cluster, domain);
    const own = () => edges.flatMap((edge) => byName.get(edge) ?? []).map(toDnsMachine);
    const machines = floating === undefined ? own() : [{ name: FLOATING, address: floating }];
    return [
      { name, purpose: 'apex', machines },
      { name: `*.${name}`, purpose: 'wildcard', machines },
    ];
  });
  return [...domains, ...endpointName(cluster)];
}

const FLOATING = 'floating';

/** An endpoint that was found valid is a name or such an address. */
const IPV4 = /^[\d.]+$/;

/** A name cannot lead to the edges and to the controllers at once: as a domain it belongs to the edges. */
function endpointName({ endpoint: { host }, domains, machines }: Cluster): DnsName[] {
  if (IPV4.test(host) || domains.some(({ name }) => name === host)) return [];
  const controllers = machines.filter(({ role }) => role === 'controller');
  return [{ name: host, purpose: 'endpoint', machines: controllers.map(toDnsMachine) }];
}

function toDnsMachine(machine: Machine): DnsMachine {
  return { name: machine.name, address: outsideAddress(machine) };
}
