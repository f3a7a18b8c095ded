import type { DnsName } from '../../plan/dns-names.js';
import { fail, pass, warn } from '../checks/results.js';
import type { Check, CheckResult } from '../checks/types.js';
import type { DnsObservation } from './observe.js';

/** What differs between the records a cluster needs and those a DNS server shows; one `pass` for a name that is right. */
export function judgeDns(observations: readonly DnsObservation[]): readonly Check[] {
  return observations.flatMap((observation) =>
    judgeName(observation).map((result) => ({ ...result, subject: observation.expected.name })),
  );
}

function judgeName(observation: DnsObservation): CheckResult[] {
  const { expected, answer } = observation;
  const unknown = expected.machines.filter(({ address }) => address === undefined).map(({ name }) => name);
  const wanted = addressesOf(expected);
  const gaps = unknown.map((machine) =>
    warn('dns-unknown-address', `the address of ${machine} is not known, so its record cannot be checked`, ADDRESS),
  );
  if (wanted.length === 0) return [...gaps, ...judgeNobody(expected, answer.a)];
  const differences = [...judgeAddresses(observation, wanted), ...judgeAlias(observation), ...judgeIpv6(observation)];
  if (differences.some(({ verdict }) => verdict === 'fail')) return [...gaps, ...differences];
  return [...gaps, pass('dns-right', `leads to ${wanted.join(', ')}`), ...differences];
}

const ADDRESS = 'add ip or publicAddress to the machine in cluster.yaml';

function judgeNobody({ machines }: DnsName, found: readonly string[]): CheckResult[] {
  if (machines.length > 0 || found.length === 0) return [];
  const message = `shows ${found.join(', ')}, and no machine serves it`;
  return [warn('dns-nobody', message, 'give a machine the role: edge, or remove the record')];
}

function addressesOf({ machines }: DnsName): readonly string[] {
  return [...new Set(machines.flatMap(({ address }) => address ?? []))].sort();
}

function judgeAddresses({ expected, asked, answer }: DnsObservation, wanted: readonly string[]): CheckResult[] {
  if (answer.a.length === 0) return [noAddress(expected, asked, answer.failure ?? 'ENODATA', wanted)];
  const missing = wanted.filter((address) => !answer.a.includes(address));
  // With a machine whose address nobody knows, an address too many may be that one's.
  const guessing = expected.machines.some(({ address }) => address === undefined);
  const extra = guessing ? [] : answer.a.filter((address) => !wanted.includes(address));
  if (missing.length === wanted.length && extra.length > 0) {
    const message = `shows ${answer.a.join(', ')} in place of ${wanted.join(', ')}`;
    return [fail('dns-wrong', message, `change ${records(expected)} to ${wanted.join(', ')}`)];
  }
  return [
    ...missing.map((address) =>
      fail('dns-missing', `does not show ${whose(expected, address)}`, `add a record: ${record(expected, address)}`),
    ),
    ...extra.map((address) =>
      fail(
        'dns-extra',
        `shows ${address} too, which is no machine that serves it`,
        `remove ${record(expected, address)}`,
      ),
    ),
  ];
}

function noAddress(expected: DnsName, asked: string, failure: string, wanted: readonly string[]): CheckResult {
  const add = `add ${wanted.map((address) => record(expected, address)).join(' and ')}`;
  const wildcard = asked === expected.name ? '' : ` (asked for ${asked})`;
  switch (failure) {
    case 'ENOTFOUND':
      return fail('dns-no-name', `there is no such name${wildcard}`, `${add}; a new record takes its time to be seen`);
    case 'ENODATA':
      return fail('dns-no-record', `the name is there and has no A record${wildcard}`, add);
    case 'ETIMEOUT':
      return fail('dns-silent', 'the DNS server does not answer in time', SERVER);
    case 'ECONNREFUSED':
      return fail('dns-refused-connection', 'no DNS server runs there', SERVER);
    case 'ESERVFAIL':
      return fail('dns-server-failure', 'the DNS server fails to answer (SERVFAIL)', ZONE);
    case 'EREFUSED':
      return fail('dns-refused', 'the DNS server refuses to answer for that name', ZONE);
    default:
      return fail('dns-failed', `the lookup fails: ${failure}`, SERVER);
  }
}

const SERVER = 'check the way to the DNS server, or name another one with --server ADDRESS';
const ZONE = 'check that the zone is loaded there, and that its name servers are those of the registrar';

/** Beside an alias no other record may be: at a domain itself that takes its mail and its name servers away (RFC 1912, 2.4). */
function judgeAlias({ expected, answer }: DnsObservation): CheckResult[] {
  if (answer.alias === undefined) return [];
  const message = `is an alias (CNAME) of ${answer.alias}`;
  const remedy = `give it A records in place of the CNAME: ${addressesOf(expected).join(', ')}`;
  const make = expected.purpose === 'apex' ? fail : warn;
  return [make('dns-alias', message, remedy)];
}

/** Machines have no IPv6 addresses yet, so such a record leads elsewhere. */
function judgeIpv6({ answer }: DnsObservation): CheckResult[] {
  if (answer.aaaa.length === 0) return [];
  const message = `shows the IPv6 address ${answer.aaaa.join(', ')} too, which is no machine of the cluster`;
  return [fail('dns-ipv6', message, 'remove the AAAA record: clients with IPv6 would go there first')];
}

function whose({ machines }: DnsName, address: string): string {
  const owner = machines.find((machine) => machine.address === address);
  return owner === undefined ? address : `${address} (${owner.name})`;
}

function record({ name }: DnsName, address: string): string {
  return `${name}. A ${address}`;
}

function records({ name }: DnsName): string {
  return `the A records of ${name}`;
}
