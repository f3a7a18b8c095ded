import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { DAY } from '../../src/support/clock.js';
import { ADDRESSES, domainPair, type Edge, WebEdges } from './outside/web-edges.js';

const NOW = Date.now();
const DNS = ADDRESSES.map((address) => `--address=/example.com/${address}`);

// What the command makes of real web servers with certificates as `ironkeel build` issues them, and of a real DNS.
describe('ironkeel edge check', () => {
  const ours = issuedCluster({}, NOW);
  const foreign = issuedCluster({}, NOW);
  const elsewhere = issuedCluster({ domains: [{ name: 'example.org', edges: ['example.com'] }] }, NOW);
  const well: Edge = { pair: domainPair(ours) };
  let edges: WebEdges;
  beforeAll(() => {
    edges = new WebEdges(ours);
  });
  afterAll(() => edges.remove());

  /** What is not well, as `SUBJECT CODE`. */
  async function faults(served: readonly (Edge | undefined)[], words = '--server 127.0.0.1') {
    const { code, output } = await edges.run(`edge check ${words} --output json`, served, DNS);
    const { checks } = JSON.parse(output.slice(output.indexOf('{\n'), output.lastIndexOf('}') + 1)) as Document;
    const found = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn');
    return { code, found: found.map(({ subject, code: what }) => `${subject} ${what}`) };
  }

  test('says of each thing that it is well', async () => {
    const { code, output } = await edges.run('edge check --server 127.0.0.1', [well, well], DNS);
    expect(output).toContain(`ok    example.com: leads to ${ADDRESSES.join(', ')}\n`);
    expect(output).toContain(`ok    *.example.com: leads to ${ADDRESSES.join(', ')}\n`);
    for (const [index, address] of ADDRESSES.entries()) {
      const edge = `e${index + 1}`;
      expect(output).toContain(`ok    ${edge} (${address}): 443/tcp is open\n`);
      expect(output).toContain(`ok    ${edge} (${address}): none of 18 inner ports answers\n`);
      expect(output).toContain(`ok    example.com at ${edge}: HTTPS answers 404 for an unknown host\n`);
      const by = 'the domains’ own authority, ssl/domains-ca.pem; 36';
      expect(output).toContain(
        `ok    example.com at ${edge}: the certificate for example.com, *.example.com is by ${by}`,
      );
    }
    expect(output).toContain('ok    example.com: 2 edges give the same answer\n');
    expect(output).toContain('skip  Ingresses: not looked at: there is no kubeconfig');
    expect(output).toMatch(/\n\d+ checks: none failed, 1 skipped\n/);
    expect(code).toBe(0);
  });

  test('takes a redirection to HTTPS for what it is', async () => {
    const redirects = { ...well, redirects: true };
    expect(await faults([redirects, redirects])).toEqual({ code: 0, found: [] });
  });

  test.each<[string, readonly (Edge | undefined)[], string[]]>([
    [
      'a certificate of another cluster',
      [well, { pair: domainPair(foreign) }],
      ['example.com at e2 certificate-untrusted', 'example.com edges-differ'],
    ],
    [
      'a certificate for other names',
      [well, { pair: domainPair(elsewhere, 'example.org') }],
      // For the domain, and for what is below it.
      [
        'example.com at e2 certificate-name',
        'example.com at e2 certificate-untrusted',
        'example.com at e2 certificate-name',
        'example.com edges-differ',
      ],
    ],
    ['an edge that answers otherwise', [well, { ...well, page: 'nginx' }], ['example.com edges-differ']],
    [
      'a default backend that is gone',
      [
        { ...well, status: 502 },
        { ...well, status: 502 },
      ],
      ['e1', 'e2'].flatMap((edge) => [
        `example.com at ${edge} http-server-error`,
        `example.com at ${edge} https-server-error`,
      ]),
    ],
    ['a closed port', [well, { ...well, withoutTls: true }], ['e2 (203.0.113.2) port-refused']],
    ['an inner port that answers', [well, { ...well, more: [10250, 8080] }], ['e2 (203.0.113.2) ports-exposed']],
    [
      'an edge that is off',
      [well, undefined],
      ['e2 (203.0.113.2) port-unreachable', 'e2 (203.0.113.2) port-unreachable'],
    ],
  ])('names %s', async (_, served, found) => {
    expect(await faults(served)).toEqual({ code: 1, found });
  });

  test('names a certificate that has expired, and knows its authority all the same', async () => {
    const aged = issuedCluster({}, NOW - 400 * DAY);
    const old = new WebEdges(aged);
    try {
      const pair = domainPair(aged);
      const { code, output } = await old.run('edge check --skip-dns', [{ pair }, { pair }]);
      expect(code).toBe(1);
      const day = new Date(NOW - 35 * DAY).toISOString().slice(0, 10);
      expect(output).toContain(`FAIL  example.com at e1: the certificate expired on ${day}\n`);
      expect(output).toContain('`ironkeel build` issues it anew');
      expect(output).not.toContain('nobody vouches');
    } finally {
      old.remove();
    }
  });

  test('warns of one that expires soon', async () => {
    const aged = issuedCluster({}, NOW - 355 * DAY);
    const old = new WebEdges(aged);
    try {
      const { code, output } = await old.run('edge check --skip-dns', [
        { pair: domainPair(aged) },
        { pair: domainPair(aged) },
      ]);
      expect(code).toBe(0);
      expect(output).toMatch(/warn {2}example.com at e1: the certificate expires in (9|10) days\n/);
    } finally {
      old.remove();
    }
  });

  test('trusts an authority that is named', async () => {
    writeFileSync(edges.lab.path('ca.pem'), foreign.secrets.authorities.domains.issuing.certificate);
    const other = { pair: domainPair(foreign) };
    expect(await faults([other, other], '--skip-dns --ca ca.pem')).toEqual({ code: 0, found: [] });
  });

  test('names what DNS lacks beside an edge that is well', async () => {
    const { code, output } = await edges.run('edge check --server 127.0.0.1', [well, well], DNS.slice(0, 1));
    expect(code).toBe(1);
    expect(output).toContain(
      `FAIL  example.com: does not show ${ADDRESSES[1]} (e2)\n      add a record: example.com. A `,
    );
    expect(output).toContain('2 edges give the same answer');
  });

  test.each([
    ['--ca missing.pem', 'cannot read missing.pem'],
    ['--ca cluster.yaml', 'there is no certificate in cluster.yaml'],
    ['--server nowhere', 'nowhere is no DNS server'],
  ])('refuses %s', async (words, message) => {
    const { code, output } = await edges.run(`edge check ${words}`, [well, well]);
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});

interface Document {
  readonly checks: readonly { readonly verdict: string; readonly subject: string; readonly code: string }[];
}
