import { describe, expect, it } from 'vitest';
import type { EchoAnswer } from './call.js';
import { judgeEcho } from './judge.js';

describe('what comes back from the echo', () => {
  const HOST = 'echo.example.com';

  it.each<[string, Partial<EchoAnswer>, string]>([
    ['itself', { echoed: true }, 'pass echo-https: the request to 203.0.113.1 came through to the pod (200)'],
    ['another page', {}, 'fail echo-other: something answers that does not repeat the request'],
    [
      'a controller that does not know it',
      { answer: { status: 404, body: '' } },
      'fail echo-not-found: the edge answers 404: its ingress controller does not know the Ingress',
    ],
    [
      'a redirection',
      { answer: { status: 301, body: '', location: 'https://x/' } },
      'fail echo-redirect: the edge sends the request on to https://x/ (301)',
    ],
    [
      'a redirection to HTTPS',
      { scheme: 'http', answer: { status: 308, body: '', location: `https://${HOST}/x` } },
      'pass echo-redirect: the edge sends the request on to HTTPS (308)',
    ],
    [
      'an edge that does not reach the pod',
      { answer: { status: 504, body: '' } },
      'fail echo-unreachable: the edge answers 504: it cannot reach the pod',
    ],
    [
      'a closed port',
      { answer: { status: 0, body: '', failure: 'ECONNREFUSED' } },
      'fail echo-silent: there is no answer (ECONNREFUSED)',
    ],
    [
      'a certificate for other names',
      { answer: { status: 0, body: '', failure: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
      `fail echo-name: the certificate is not for ${HOST} (ERR_TLS_CERT_ALTNAME_INVALID)`,
    ],
    [
      'a certificate of nobody',
      { answer: { status: 0, body: '', failure: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
      'fail echo-tls: the certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      'no HTTP',
      { scheme: 'http', answer: { status: 0, body: '', failure: 'HPE_INVALID_CONSTANT' } },
      'fail echo-silent: there is no answer (HPE_INVALID_CONSTANT)',
    ],
  ])('%s', (_, over, found) => {
    const answer: EchoAnswer = {
      ...{ edge: 'e1', address: '203.0.113.1', scheme: 'https', host: HOST },
      ...{ answer: { status: 200, body: '' }, echoed: false },
      ...over,
    };
    const [check] = judgeEcho([answer]);
    expect(`${check?.verdict} ${check?.code}: ${check?.message}`).toBe(found);
    expect(check?.subject).toBe(`${answer.scheme}://${HOST} at e1`);
    expect(check?.remedy === undefined).toBe(check?.verdict === 'pass');
  });
});
