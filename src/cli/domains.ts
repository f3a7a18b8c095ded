import type { Domain } from '../inventory/types.js';
import type { DnsName } from '../plan/dns-names.js';
import { inputError } from '../support/problem.js';

const REMEDY = 'Add one to cluster.yaml, such as domains: [{name: example.com}]';

/**
 * The names themselves.
 *
 * @throws InputError when there is none to show.
 */
export function demandNames(names: readonly DnsName[]): readonly DnsName[] {
  if (names.length > 0) return names;
  throw inputError('no-domains', 'the inventory lists no domain, and its endpoint is an address', REMEDY);
}

/**
 * The domains themselves, at least one.
 *
 * @throws InputError when the inventory lists none.
 */
export function demandDomains(domains: readonly Domain[]): readonly [Domain, ...Domain[]] {
  const [first, ...others] = domains;
  if (first !== undefined) return [first, ...others];
  throw inputError('no-domains', 'the inventory lists no domain', REMEDY);
}
