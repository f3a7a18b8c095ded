import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsName } from '../../plan/dns-names.js';
import { judgeDns } from './judge.js';
import type { DnsAnswer } from './lookup.js';

const ONE = '203.0.113.1';
const TWO = '203.0.113.2';

function name(over: Partial<DnsName> = {}): DnsName {
  const machines = [
    { name: 'e1', address: ONE },
    { name: 'e2', address: TWO },
  ];
  return { name: 'example.com', purpose: 'apex', machines, ...over };
}

/** `verdict code: message` of each check. */
function judge(answer: Partial<DnsAnswer>, expected = name(), asked = expected.name): string[] {
  const checks = judgeDns([{ expected, asked, answer: { a: [], aaaa: [], ...answer } }]);
  for (const { verdict, remedy } of checks) expect(remedy === undefined).toBe(verdict === 'pass');
  return checks.map(({ verdict, code, message }) => `${verdict} ${code}: ${message}`);
}

describe('a name in DNS', () => {
  it.each<[string, Partial<DnsAnswer>, string[]]>([
    ['right', { a: [ONE, TWO] }, [`pass dns-right: leads to ${ONE}, ${TWO}`]],
    ['one is missing', { a: [TWO] }, [`fail dns-missing: does not show ${ONE} (e1)`]],
    [
      'one is too many',
      { a: [ONE, TWO, '198.51.100.9'] },
      ['fail dns-extra: shows 198.51.100.9 too, which is no machine that serves it'],
    ],
    [
      'one is exchanged',
      { a: [ONE, '198.51.100.9'] },
      [
        `fail dns-missing: does not show ${TWO} (e2)`,
        'fail dns-extra: shows 198.51.100.9 too, which is no machine that serves it',
      ],
    ],
    ['all are wrong', { a: ['198.51.100.9'] }, [`fail dns-wrong: shows 198.51.100.9 in place of ${ONE}, ${TWO}`]],
    ['no such name', { failure: 'ENOTFOUND' }, ['fail dns-no-name: there is no such name']],
    ['no record', { failure: 'ENODATA' }, ['fail dns-no-record: the name is there and has no A record']],
    ['silence', { failure: 'ETIMEOUT' }, ['fail dns-silent: the DNS server does not answer in time']],
    ['nobody there', { failure: 'ECONNREFUSED' }, ['fail dns-refused-connection: no DNS server runs there']],
    ['a broken zone', { failure: 'ESERVFAIL' }, ['fail dns-server-failure: the DNS server fails to answer (SERVFAIL)']],
    ['a foreign zone', { failure: 'EREFUSED' }, ['fail dns-refused: the DNS server refuses to answer for that name']],
    ['another failure', { failure: 'EBADRESP' }, ['fail dns-failed: the lookup fails: EBADRESP']],
    ['an alias', { a: [ONE, TWO], alias: 'lb.example.net' }, ['fail dns-alias: is an alias (CNAME) of lb.example.net']],
    [
      'IPv6 too',
      { a: [ONE, TWO], aaaa: ['2001:db8::1'] },
      ['fail dns-ipv6: shows the IPv6 address 2001:db8::1 too, which is no machine of the cluster'],
    ],
  ])('%s', (_, answer, found) => {
    expect(judge(answer)).toEqual(found);
  });

  it('of everything below a domain may be an alias, and is named by what was asked', () => {
    const wildcard = name({ name: '*.example.com', purpose: 'wildcard' });
    expect(judge({ a: [ONE, TWO], alias: 'example.com' }, wildcard, 'x.example.com')).toEqual([
      `pass dns-right: leads to ${ONE}, ${TWO}`,
      'warn dns-alias: is an alias (CNAME) of example.com',
    ]);
    expect(judge({ failure: 'ENOTFOUND' }, wildcard, 'x.example.com')).toEqual([
      'fail dns-no-name: there is no such name (asked for x.example.com)',
    ]);
  });

  it('of a machine whose address is not known is checked as far as it can be', () => {
    const machines = [{ name: 'e1', address: ONE }, { name: 'e2' }];
    const unknown = 'warn dns-unknown-address: the address of e2 is not known, so its record cannot be checked';
    expect(judge({ a: [ONE, TWO] }, name({ machines }))).toEqual([unknown, `pass dns-right: leads to ${ONE}`]);
    expect(judge({ a: [TWO] }, name({ machines }))).toEqual([unknown, `fail dns-missing: does not show ${ONE} (e1)`]);
    expect(judge({ a: [TWO] }, name({ machines: machines.slice(1) }))).toEqual([unknown]);
  });

  it('that nobody serves should show nothing', () => {
    expect(judge({ a: [ONE] }, name({ machines: [] }))).toEqual([
      `warn dns-nobody: shows ${ONE}, and no machine serves it`,
    ]);
    expect(judge({ failure: 'ENOTFOUND' }, name({ machines: [] }))).toEqual([]);
  });

  it('passes exactly when it shows the addresses that are wanted', () => {
    const addresses = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(addresses, addresses, (wanted, found) => {
        const machines = wanted.map((address, index) => ({ name: `e${index}`, address }));
        const same = wanted.length === found.length && wanted.every((address) => found.includes(address));
        const lines = judge({ a: [...found].sort() }, name({ machines }));
        expect(lines.every((line) => line.startsWith('pass'))).toBe(same);
      }),
    );
  });
});
