import { DAY } from '../../support/clock.js';
import { PROBED_PORTS } from '../edge/ports.js';
import type {
  CertificateView,
  DomainAnswer,
  EdgeAnswer,
  EdgeExpectation,
  PortState,
  TlsAnswer,
} from '../edge/types.js';

export const EDGE_NOW = Date.UTC(2026, 10, 1);

/** The guide's domain at two edges. */
export const EDGES: EdgeExpectation = {
  targets: ['e1', 'e2'].map((edge, index) => ({ edge, address: `203.0.113.${index + 1}`, domains: ['example.com'] })),
  unknown: [],
  unserved: [],
  names: [],
  sshIsPublic: false,
  firewall: true,
};

/** 80 and 443 open and nothing else, but for what is given. */
export function portsOf(over: Readonly<Record<number, PortState>> = {}): ReadonlyMap<number, PortState> {
  return new Map(
    PROBED_PORTS.map((port) => [port, over[port] ?? (port === 80 || port === 443 ? 'open' : 'silent')] as const),
  );
}

/** What an edge shows when all is well. */
export function certificateView(over: Partial<CertificateView> = {}): CertificateView {
  return {
    issuer: 'guide domains CA',
    names: ['example.com', '*.example.com'],
    notBefore: EDGE_NOW - DAY,
    notAfter: EDGE_NOW + 300 * DAY,
    fingerprint: 'AA:BB',
    fits: true,
    ...over,
  };
}

export function tlsAnswer(over: Partial<TlsAnswer> = {}): TlsAnswer {
  return { host: 'ironkeel-check-0a1b.example.com', certificate: certificateView(), trust: 'domains', ...over };
}

export function domainAnswer(over: Partial<DomainAnswer> = {}): DomainAnswer {
  const notFound = { status: 404, body: 'default backend - 404' };
  return {
    domain: 'example.com',
    host: 'ironkeel-check-0a1b.example.com',
    http: notFound,
    https: notFound,
    tls: [tlsAnswer({ host: 'example.com' }), tlsAnswer()],
    ...over,
  };
}

export function edgeAnswer(edge = 'e1', over: Partial<EdgeAnswer> = {}): EdgeAnswer {
  const target = { edge, address: '203.0.113.1', domains: ['example.com'] };
  return { target, ports: portsOf(), domains: [domainAnswer()], ...over };
}
