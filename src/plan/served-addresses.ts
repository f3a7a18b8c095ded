import type { Cluster, Domain, Machine } from '../inventory/types.js';

/**
 * The addresses that DNS is to show for a domain: the floating one where it stands for the domain, else those of the
 * domain's own edges, so that resolvers take them in turns. Edges whose address nobody knows beforehand are left out.
 */
export function servedAddresses(cluster: Cluster, domain: Domain): string[] {
  const floating = floatingAddressOf(cluster, domain);
  if (floating !== undefined) return [floating];
  return cluster.machines
    .filter(({ name, role }) => role === 'edge' && domain.edges.includes(name))
    .flatMap((machine) => outsideAddress(machine) ?? []);
}

/** The floating address, where every edge serves the domain: whichever has it answers. */
export function floatingAddressOf({ ingress, machines }: Cluster, { edges }: Domain): string | undefined {
  const all = machines.filter(({ role }) => role === 'edge');
  return all.length > 0 && all.every(({ name }) => edges.includes(name)) ? ingress.floatingAddress : undefined;
}

/** What the world reaches a machine by: its public address where it has another one, else its own. */
export function outsideAddress({ publicAddress, ip }: Pick<Machine, 'publicAddress' | 'ip'>): string | undefined {
  return publicAddress ?? ip;
}
