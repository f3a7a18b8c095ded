import type { Cluster } from '../../inventory/types.js';
import { dnsNames } from '../../plan/dns-names.js';
import { outsideAddress } from '../../plan/served-addresses.js';
import type { EdgeExpectation, EdgeTarget } from './types.js';

/** What the inventory says of domains and edges. */
export function edgeExpectation(cluster: Cluster): EdgeExpectation {
  const serving = cluster.machines.filter(({ name }) => cluster.domains.some(({ edges }) => edges.includes(name)));
  const targets = serving.flatMap((machine): EdgeTarget[] => {
    const address = outsideAddress(machine);
    if (address === undefined) return [];
    const domains = cluster.domains.filter(({ edges }) => edges.includes(machine.name)).map(({ name }) => name);
    return [{ edge: machine.name, address, domains }];
  });
  return {
    targets,
    unknown: serving.filter((machine) => outsideAddress(machine) === undefined).map(({ name }) => name),
    unserved: cluster.domains
      .map(({ name }) => name)
      .filter((name) => targets.every(({ domains }) => !domains.includes(name))),
    names: dnsNames(cluster).filter(({ purpose }) => purpose !== 'endpoint'),
    sshIsPublic: cluster.firewall.ssh?.includes('0.0.0.0/0') ?? false,
    firewall: cluster.firewall.enabled,
    redirects: cluster.ingress.redirectToHttps,
  };
}
