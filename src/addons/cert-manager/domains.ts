import type { Cluster } from '../../inventory/types.js';

/** Domains whose certificates come from the ACME server. */
export function acmeDomains({ domains }: Pick<Cluster, 'domains'>): readonly string[] {
  return domains.flatMap(({ name, acme }) => (acme === undefined ? [] : [name]));
}

/** What a domain has for every name below it, where it is to be one certificate. */
export interface Wildcard {
  readonly domain: string;
  readonly hosts: readonly string[];
  /** Beside the Ingress that has the edges serve it. */
  readonly secretName: string;
}

/** The domains that have one certificate for all. */
export function acmeWildcards({ domains }: Pick<Cluster, 'domains'>): readonly Wildcard[] {
  return domains.flatMap(({ name: domain, acme }) =>
    acme?.wildcard === true ? [{ domain, hosts: [domain, `*.${domain}`], secretName: `acme-${domain}` }] : [],
  );
}
