import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { askHttp, isUpgrade } from '../http.js';
import type { TrustAnchors } from '../tls.js';
import type { EdgeTarget, HttpAnswer } from '../types.js';

export type Scheme = 'http' | 'https';

/** What came back from the echo, or in its place, through one edge. */
export interface EchoAnswer {
  readonly edge: string;
  readonly address: string;
  readonly scheme: Scheme;
  readonly host: string;
  readonly answer: HttpAnswer;
  /** Whether it is from an echo: it holds the word that was sent. */
  readonly echoed: boolean;
}

export interface EchoQuestion {
  readonly host: string;
  /** A word that no other page holds. */
  readonly token: string;
  readonly anchors: TrustAnchors;
  /** Other ports in tests alone. */
  readonly ports?: Readonly<Record<Scheme, number>>;
}

const PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };
/** Milliseconds between two tries: a controller takes its time to notice an Ingress. */
const INTERVAL = 1_000;

/**
 * Calls the echo through every edge by both schemes, at the edge's own address, again and again until it answers
 * or `signal` aborts. Never rejects.
 */
export async function callEcho(
  targets: readonly EdgeTarget[],
  question: EchoQuestion,
  signal: AbortSignal,
): Promise<readonly EchoAnswer[]> {
  const calls = targets.flatMap((target) =>
    (['http', 'https'] as const).map((scheme) => callUntil(target, scheme, question, signal)),
  );
  return Promise.all(calls);
}

async function callUntil(
  { edge, address }: EdgeTarget,
  scheme: Scheme,
  { host, token, anchors, ports = PORTS }: EchoQuestion,
  signal: AbortSignal,
): Promise<EchoAnswer> {
  const ca = [...rootCertificates, ...anchors.domains, ...anchors.more];
  const tls = scheme === 'http' ? ('plain' as const) : { ca };
  // One echo that is well known answers below this path alone, others everywhere.
  const path = `/anything/${token}?from=ironkeel`;
  for (;;) {
    const answer = await askHttp({ address, port: ports[scheme], host, path, tls });
    const echoed = answer.status === 200 && answer.body.includes(token);
    const settled = echoed || (scheme === 'http' && isUpgrade(answer, host));
    if (settled || signal.aborted) return { edge, address, scheme, host, answer, echoed };
    await sleep(INTERVAL, undefined, { signal }).catch(() => undefined);
  }
}
