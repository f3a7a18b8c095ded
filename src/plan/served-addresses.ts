import type { Cluster, Domain } from '../inventory/types.js';

/**
 * The addresses that DNS is to show for a domain: the floating one where every edge serves the domain, since whichever
 * edge has it answers; else those of the domain's own edges, so that resolvers take them in turns. Edges whose address
 * nobody knows beforehand are left out.
 */
export function servedAddresses({ ingress, machines }: Cluster, { edges }: Domain): string[] {
  const all = machines.filter(({ role }) => role === 'edge');
  const { floatingAddress } = ingress;
  if (floatingAddress !== undefined && all.length > 0 && all.every(({ name }) => edges.includes(name)))
    return [floatingAddress];
  return all.filter(({ name }) => edges.includes(name)).flatMap(({ ip, publicAddress }) => publicAddress ?? ip ?? []);
}
