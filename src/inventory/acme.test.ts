import { beforeAll, describe, expect, it } from 'vitest';
import { dns01Schema } from '../releases/cert-manager.js';
import type { Problem } from '../support/problem.js';
import { formatProblem } from '../support/report.js';
import { parseInventory } from './index.js';
import { ACME, ACME_CASES, acmeFiles } from './testing/acme-cases.js';
import { selfSigned } from './testing/authority.js';
import { GUIDE } from './testing/cases.js';
import { testContext } from './testing/context.js';

let authority = '';
beforeAll(async () => {
  authority = (await selfSigned(true)).certificate;
});

const parse = (text: string) =>
  parseInventory(text, 'cluster.yaml', { ...testContext(acmeFiles(authority)), dns01Schema });
const brief = ({ code, severity, source }: Problem) =>
  `${code}${severity === 'warning' ? '?' : ''} ${source?.line}:${source?.column}`;

describe('certificates by ACME', () => {
  it.each(ACME_CASES)('find: %s', (_title, text, found) => {
    const { cluster, problems } = parse(text);
    expect(problems.map(brief)).toEqual(found);
    expect(cluster === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
    for (const problem of problems) {
      expect(problem.message).not.toMatch(/\.$|undefined|\[object/);
      expect(formatProblem(problem, { color: false })).not.toMatch(/undefined|\[object/);
    }
  });

  it('keep every field', () => {
    const { acme, domains } = parse(ACME).cluster ?? {};
    expect(domains).toEqual([{ name: 'example.com', edges: ['example.com'], acme: { wildcard: true } }]);
    expect(acme).toEqual({
      email: 'me@home.org',
      server: 'https://10.0.0.9:14000/dir',
      ca: authority,
      dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'token' } } },
    });
  });

  it('come from Let’s Encrypt unless told, and from nowhere unless asked for', () => {
    const given = GUIDE.replace('example.com}]', 'example.com, tls: acme}]\nacme: {email: me@home.org}');
    expect(parse(given).cluster?.acme).toEqual({
      email: 'me@home.org',
      server: 'https://acme-v02.api.letsencrypt.org/directory',
    });
    expect(parse(GUIDE).cluster).not.toHaveProperty('acme.email');
    expect(parse(GUIDE.replace('example.com}]', 'example.com, tls: own}]')).cluster?.domains).toEqual([
      { name: 'example.com', edges: ['example.com'] },
    ]);
  });

  it('knows the DNS providers of the cert-manager that clusters get', () => {
    expect(Object.keys(dns01Schema().properties ?? {})).toEqual(
      expect.arrayContaining(['cnameStrategy', 'rfc2136', 'route53', 'webhook']),
    );
  });
});
