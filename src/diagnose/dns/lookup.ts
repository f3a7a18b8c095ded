import { Resolver } from 'node:dns/promises';

/** What a DNS server says of one name. */
export interface DnsAnswer {
  /** Sorted. */
  readonly a: readonly string[];
  readonly aaaa: readonly string[];
  /** What the name itself is another name for. */
  readonly alias?: string | undefined;
  /** Why there are no addresses, as c-ares calls it: `ENOTFOUND` (no such name), `ENODATA`, `ETIMEOUT`, … */
  readonly failure?: string | undefined;
}

export type DnsLookup = (name: string) => Promise<DnsAnswer>;

/** Milliseconds for one question, and how often it is asked. */
const PATIENCE = { timeout: 2_000, tries: 2 };

/**
 * Asks one DNS server, else those of the system, and no cache or hosts file in between.
 *
 * @param server `ADDRESS` or `ADDRESS:PORT`.
 * @throws TypeError when that is no address.
 */
export function dnsLookup(server?: string): DnsLookup {
  const resolver = new Resolver(PATIENCE);
  if (server !== undefined) resolver.setServers([server]);
  return async (name) => {
    const [a, aaaa, alias] = await Promise.all([
      settle(resolver.resolve4(name)),
      settle(resolver.resolve6(name)),
      settle(resolver.resolveCname(name)),
    ]);
    return { a: a.values.sort(), aaaa: aaaa.values.sort(), alias: alias.values[0], failure: a.failure };
  };
}

/** The servers the system asks, for saying who was asked. */
export function systemDnsServers(): string[] {
  return new Resolver().getServers();
}

async function settle(asked: Promise<string[]>): Promise<{ values: string[]; failure?: string }> {
  try {
    return { values: await asked };
  } catch (error) {
    return { values: [], failure: (error as NodeJS.ErrnoException).code ?? 'unknown' };
  }
}
