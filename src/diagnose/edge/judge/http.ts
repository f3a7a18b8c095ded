import { fail, pass, skip, warn } from '../../checks/results.js';
import type { CheckResult } from '../../checks/types.js';
import { isUpgrade } from '../http.js';
import type { DomainAnswer, HttpAnswer } from '../types.js';

const LOOK = 'look at the ingress controller of that edge: kubectl get pods --namespace kube-system --output wide';

/** What a host that nobody has given an Ingress gets: 404 from the default backend. */
export function judgeHttp({ host, http, https }: DomainAnswer, redirects = false): CheckResult[] {
  const plain = judgeAnswer('HTTP', host, http);
  const missed = redirects && plain.verdict === 'pass' && plain.code !== 'http-redirect';
  return [missed ? NO_REDIRECTION : plain, judgeAnswer('HTTPS', host, https)];
}

const NO_REDIRECTION = fail(
  'http-no-redirect',
  'HTTP answers by itself, and cluster.yaml has it sent on to HTTPS',
  'build, and look whether every controller has applied its newest manifests',
);

function judgeAnswer(scheme: 'HTTP' | 'HTTPS', host: string, answer: HttpAnswer | undefined): CheckResult {
  const code = scheme.toLowerCase();
  if (answer === undefined) return skip(`${code}-not-asked`, `${scheme} was not asked: its port is closed`);
  const { status, location, failure } = answer;
  if (failure !== undefined) {
    return fail(`${code}-no-answer`, `${scheme} gives no answer (${failure})`, LOOK);
  }
  if (status === 404) return pass(`${code}-not-found`, `${scheme} answers 404 for an unknown host`);
  if (scheme === 'HTTP' && isUpgrade(answer, host)) {
    return pass('http-redirect', `HTTP sends an unknown host on to HTTPS (${status})`);
  }
  if (status >= 500) {
    const message = `${scheme} answers ${status} for an unknown host, and 404 is expected`;
    return fail(
      `${code}-server-error`,
      message,
      'look at the default backend: kubectl get pods --namespace kube-system',
    );
  }
  const to = location === undefined ? '' : ` (to ${location})`;
  const message = `${scheme} answers ${status}${to} for an unknown host, and 404 is expected`;
  return warn(`${code}-status`, message, 'fine if an Ingress of yours takes every host; else look who answers there');
}
