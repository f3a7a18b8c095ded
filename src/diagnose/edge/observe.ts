import { slots } from '../../support/slots.js';
import { askHttp } from './http.js';
import { probePort } from './port.js';
import { HTTP_PORT, HTTPS_PORT, PROBED_PORTS } from './ports.js';
import { probeTls, type TrustAnchors } from './tls.js';
import type { DomainAnswer, EdgeAnswer, EdgeTarget, PortState } from './types.js';

/** Connections at a time, to all edges together: a check is no load. */
const AT_A_TIME = 16;

export interface EdgeProbes {
  readonly anchors: TrustAnchors;
  /** A label that no Ingress has. */
  readonly label: string;
  /** Where HTTP and HTTPS are asked; other ports in tests alone. */
  readonly http?: number;
  readonly https?: number;
  readonly ports?: readonly number[];
}

/** Asks every edge by its own address, whatever DNS says. Never rejects. */
export async function observeEdges(targets: readonly EdgeTarget[], probes: EdgeProbes): Promise<readonly EdgeAnswer[]> {
  const slot = slots(AT_A_TIME);
  return Promise.all(targets.map((target) => observeEdge(target, probes, slot)));
}

type Slot = ReturnType<typeof slots>;

async function observeEdge(target: EdgeTarget, probes: EdgeProbes, slot: Slot): Promise<EdgeAnswer> {
  const { http = HTTP_PORT, https = HTTPS_PORT, ports: numbers = PROBED_PORTS } = probes;
  const states = await Promise.all(
    [...new Set([http, https, ...numbers])].map(
      async (port): Promise<[number, PortState]> => [port, await slot(() => probePort(target.address, port))],
    ),
  );
  const ports = new Map(states);
  // Where nothing listens there is nothing more to ask, and a silent port would be waited for again and again.
  const open = {
    http: ports.get(http) === 'open' ? http : undefined,
    https: ports.get(https) === 'open' ? https : undefined,
  };
  const domains = await Promise.all(target.domains.map((domain) => observeDomain(domain, target, probes, open, slot)));
  return { target, ports, domains };
}

async function observeDomain(
  domain: string,
  { address }: EdgeTarget,
  { anchors, label }: EdgeProbes,
  { http, https }: { readonly http: number | undefined; readonly https: number | undefined },
  slot: Slot,
): Promise<DomainAnswer> {
  const host = `${label}.${domain}`;
  const ask = (port: number | undefined, tls: 'plain' | 'unchecked') =>
    port === undefined ? undefined : slot(() => askHttp({ address, port, host, path: `/${label}`, tls }));
  const tls =
    https === undefined ? [] : [domain, host].map((name) => slot(() => probeTls(address, https, name, anchors)));
  const [plain, secure, ...certificates] = await Promise.all([ask(http, 'plain'), ask(https, 'unchecked'), ...tls]);
  return { domain, host, http: plain, https: secure, tls: certificates };
}
