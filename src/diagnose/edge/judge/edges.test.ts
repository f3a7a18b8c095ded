import { describe, expect, it } from 'vitest';
import { DAY } from '../../../support/clock.js';
import type { CheckResult } from '../../checks/types.js';
import { certificateView, domainAnswer, EDGE_NOW, EDGES, edgeAnswer, portsOf, tlsAnswer } from '../../testing/edges.js';
import type { DomainAnswer, EdgeExpectation, PortState, TlsAnswer } from '../types.js';
import { judgeEdges } from './edges.js';
import { judgeHttp } from './http.js';
import { judgePorts } from './ports.js';
import { judgeTls } from './tls.js';

/** `verdict code: message`; what is not well has a remedy, and nothing else has. */
function lines(results: readonly CheckResult[]): string[] {
  for (const { verdict, remedy } of results) {
    expect(remedy !== undefined).toBe(verdict === 'warn' || verdict === 'fail');
  }
  return results.map(({ verdict, code, message }) => `${verdict} ${code}: ${message}`);
}

describe('the ports of an edge', () => {
  const OPEN = ['pass port-open: 80/tcp is open', 'pass port-open: 443/tcp is open'];
  const NONE = 'pass ports-closed: none of 18 inner ports answers';

  it.each<[string, Record<number, PortState>, Partial<EdgeExpectation>, string[]]>([
    ['as they should be', {}, {}, [...OPEN, NONE]],
    [
      'with nothing listening',
      { 80: 'refused' },
      {},
      ['fail port-refused: 80/tcp refuses connections: the machine is there, and nothing listens', OPEN[1] ?? '', NONE],
    ],
    [
      'of a machine that is off',
      { 80: 'silent', 443: 'silent' },
      {},
      [80, 443].map(
        (port) =>
          `fail port-silent: ${port}/tcp does not answer: the machine is off, or a firewall or router in between drops it`,
      ),
    ],
    [
      'that no route leads to',
      { 443: 'unreachable' },
      {},
      [OPEN[0] ?? '', 'fail port-unreachable: 443/tcp cannot be reached: no route leads there', NONE],
    ],
    [
      'with the kubelet and etcd in the open',
      { 10250: 'open', 2379: 'open' },
      {},
      [...OPEN, 'fail ports-exposed: 2379/tcp (etcd’s clients), 10250/tcp (the kubelet) answer too'],
    ],
    [
      'with a status page in the open, unguarded',
      { 8080: 'open' },
      { firewall: false },
      [...OPEN, 'fail ports-exposed: 8080/tcp (a status page of ingress controllers) answers too'],
    ],
    ['with SSH seen from inside', { 22: 'open' }, {}, [...OPEN, 'warn ssh-open: 22/tcp (SSH) answers from here', NONE]],
    [
      'with SSH for everybody',
      { 22: 'open' },
      { sshIsPublic: true },
      [...OPEN, 'pass ssh-open: 22/tcp (SSH) answers, as firewall.ssh allows', NONE],
    ],
    [
      'behind a proxy that takes everything',
      Object.fromEntries([...portsOf().keys()].map((port) => [port, 'open'])),
      {},
      [
        ...OPEN,
        'fail any-port-answers: every port that was asked takes connections: a proxy in between answers in its place',
      ],
    ],
  ])('%s', (_, ports, over, found) => {
    expect(lines(judgePorts(edgeAnswer('e1', { ports: portsOf(ports) }), { ...EDGES, ...over }))).toEqual(found);
  });

  it('name the firewall where the inventory has none', () => {
    const ports = portsOf({ 10250: 'open' });
    const [, , exposed] = judgePorts(edgeAnswer('e1', { ports }), { ...EDGES, firewall: false });
    expect(exposed?.remedy).toContain('firewall.enabled is false');
  });
});

describe('an unknown host', () => {
  const HOST = 'ironkeel-check-0a1b.example.com';
  const NOT_FOUND = 'pass https-not-found: HTTPS answers 404 for an unknown host';

  it.each<[string, Partial<DomainAnswer>, string[]]>([
    ['gets 404', {}, ['pass http-not-found: HTTP answers 404 for an unknown host', NOT_FOUND]],
    [
      'may be sent on to HTTPS',
      { http: { status: 301, location: `https://${HOST}/x`, body: '' } },
      ['pass http-redirect: HTTP sends an unknown host on to HTTPS (301)', NOT_FOUND],
    ],
    [
      'should not be sent elsewhere',
      { http: { status: 302, location: 'https://elsewhere.example.net/', body: '' } },
      [
        'warn http-status: HTTP answers 302 (to https://elsewhere.example.net/) for an unknown host, and 404 is expected',
        NOT_FOUND,
      ],
    ],
    [
      'meets a default backend that is gone',
      { https: { status: 502, body: '' } },
      [
        'pass http-not-found: HTTP answers 404 for an unknown host',
        'fail https-server-error: HTTPS answers 502 for an unknown host, and 404 is expected',
      ],
    ],
    [
      'may be taken by an Ingress for every host',
      { http: { status: 200, body: 'hello' } },
      ['warn http-status: HTTP answers 200 for an unknown host, and 404 is expected', NOT_FOUND],
    ],
    [
      'gets no answer',
      { http: { status: 0, body: '', failure: 'ECONNRESET' }, https: undefined },
      [
        'fail http-no-answer: HTTP gives no answer (ECONNRESET)',
        'skip https-not-asked: HTTPS was not asked: its port is closed',
      ],
    ],
  ])('%s', (_, over, found) => {
    expect(lines(judgeHttp(domainAnswer(over)))).toEqual(found);
  });

  it('has to be sent on to HTTPS where the inventory says so', () => {
    const missed = 'fail http-no-redirect: HTTP answers by itself, and cluster.yaml has it sent on to HTTPS';
    expect(lines(judgeHttp(domainAnswer(), true))).toEqual([missed, NOT_FOUND]);
    const http = { status: 308, location: `https://${HOST}/x`, body: '' };
    const [redirected] = lines(judgeHttp(domainAnswer({ http }), true));
    expect(redirected).toBe('pass http-redirect: HTTP sends an unknown host on to HTTPS (308)');
  });
});

describe('a certificate', () => {
  const OF = 'pass certificate: the certificate for example.com, *.example.com is by';

  it.each<[string, Partial<TlsAnswer>, string[]]>([
    ['of the domains’ authority', {}, [`${OF} the domains’ own authority, ssl/domains-ca.pem; 300 days left`]],
    [
      'of a public one',
      { trust: 'public', certificate: certificateView({ issuer: 'R11' }) },
      [`${OF} R11; 300 days left`],
    ],
    [
      'that ends soon',
      { certificate: certificateView({ notAfter: EDGE_NOW + 9.5 * DAY }) },
      [
        `${OF} the domains’ own authority, ssl/domains-ca.pem; 9 days left`,
        'warn certificate-expires: the certificate expires in 9 days',
      ],
    ],
    [
      'that has expired, whoever issued it',
      { certificate: certificateView({ notAfter: EDGE_NOW - DAY }), trust: undefined, failure: 'CERT_HAS_EXPIRED' },
      ['fail certificate-expired: the certificate expired on 2026-10-31'],
    ],
    [
      'from the future',
      { certificate: certificateView({ notBefore: EDGE_NOW + DAY }) },
      ['fail certificate-early: the certificate is not valid before 2026-11-02T00:00:00.000Z'],
    ],
    [
      'for other names, of which some are said',
      { certificate: certificateView({ fits: false, names: ['a', 'b', 'c', 'd', 'e'] }) },
      ['fail certificate-name: the certificate is for a, b, c, 2 more, and not for *.example.com'],
    ],
    [
      'for no name',
      { certificate: certificateView({ fits: false, names: [] }) },
      ['fail certificate-name: the certificate is for no name at all, and not for *.example.com'],
    ],
    [
      'nobody vouches for',
      { trust: undefined, failure: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      [
        'fail certificate-untrusted: the certificate is by guide domains CA, whom nobody vouches for (DEPTH_ZERO_SELF_SIGNED_CERT)',
      ],
    ],
    [
      'that is not there',
      { certificate: undefined, trust: undefined, failure: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' },
      ['fail tls-failed: there is no TLS for *.example.com (ERR_SSL_TLSV1_UNRECOGNIZED_NAME)'],
    ],
  ])('%s', (_, over, found) => {
    expect(lines(judgeTls([tlsAnswer(over)], EDGE_NOW))).toEqual(found);
  });

  it('for the domain and for all below it is said once where it is the same', () => {
    expect(judgeTls(domainAnswer().tls, EDGE_NOW)).toHaveLength(1);
  });
});

describe('several edges', () => {
  const judge = (...over: readonly Partial<DomainAnswer>[]) =>
    judgeEdges(
      EDGES,
      over.map((each, index) => edgeAnswer(`e${index + 1}`, { domains: [domainAnswer(each)] })),
      EDGE_NOW,
    ).filter(({ subject }) => subject === 'example.com');

  it('that agree are a line', () => {
    expect(lines(judge({}, {}))).toEqual(['pass edges-agree: 2 edges give the same answer']);
    expect(judge({})).toEqual([]);
  });

  it.each<[string, Partial<DomainAnswer>, string]>([
    ['in the status', { http: { status: 502, body: '' } }, 'the status of HTTP at e2'],
    ['in the page', { https: { status: 404, body: 'nginx' } }, 'the page of the default backend at e2'],
    [
      'in the certificate',
      { tls: [tlsAnswer(), tlsAnswer({ certificate: certificateView({ fingerprint: 'CC' }) })] },
      'the certificate below it at e2',
    ],
  ])('that differ %s are named', (_, over, what) => {
    expect(lines(judge({}, over))).toEqual([
      `fail edges-differ: the edges do not give the same answer: e1 differs from ${what}`,
    ]);
  });

  it('of which one gives none are compared without it', () => {
    const silent = { http: { status: 0, body: '', failure: 'ECONNRESET' } };
    expect(judge({}, silent)).toEqual([]);
    expect(judge({}, { https: undefined, tls: [] })).toEqual([]);
    expect(lines(judge({}, silent, {}))).toEqual(['pass edges-agree: 2 edges give the same answer']);
  });

  it('without an address are named', () => {
    const [check] = judgeEdges({ ...EDGES, unknown: ['e3'] }, [], EDGE_NOW);
    expect(check).toMatchObject({ verdict: 'warn', subject: 'e3', code: 'edge-without-address' });
  });

  it('are missed where a domain has none', () => {
    const [check] = judgeEdges({ ...EDGES, unserved: ['example.org'] }, [], EDGE_NOW);
    expect(check).toMatchObject({ verdict: 'fail', subject: 'example.org', code: 'domain-unserved' });
  });
});
