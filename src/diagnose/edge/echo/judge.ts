import { fail, pass } from '../../checks/results.js';
import type { Check, CheckResult } from '../../checks/types.js';
import { isUpgrade } from '../http.js';
import type { EchoAnswer } from './call.js';

/** Whether a request from outside came through to the pod, edge by edge. Pure. */
export function judgeEcho(answers: readonly EchoAnswer[]): readonly Check[] {
  return answers.map((answer) => ({
    ...judgeAnswer(answer),
    subject: `${answer.scheme}://${answer.host} at ${answer.edge}`,
  }));
}

function judgeAnswer({ scheme, host, address, answer, echoed }: EchoAnswer): CheckResult {
  const { status, failure, location } = answer;
  if (echoed) return pass(`echo-${scheme}`, `the request to ${address} came through to the pod (${status})`);
  if (scheme === 'http' && isUpgrade(answer, host)) {
    return pass('echo-redirect', `the edge sends the request on to HTTPS (${status})`);
  }
  if (failure !== undefined) return noAnswer(scheme, host, failure);
  if (status === 200) {
    const message = 'something answers that does not repeat the request';
    return fail(
      'echo-other',
      message,
      `look for an Ingress of the same host: kubectl get ingress --all-namespaces; an --image has to repeat requests`,
    );
  }
  if (status === 404) {
    const remedy =
      'look whether the ingress controller took it: kubectl describe ingress --namespace ironkeel-edge-test (with --keep), and its class';
    return fail('echo-not-found', 'the edge answers 404: its ingress controller does not know the Ingress', remedy);
  }
  if (status >= 300 && status < 400) {
    const message = `the edge sends the request on to ${location ?? 'somewhere'} (${status})`;
    return fail('echo-redirect', message, 'look for an Ingress or a setting of the controller that redirects');
  }
  const message = `the edge answers ${status}: it cannot reach the pod`;
  return fail(
    'echo-unreachable',
    message,
    'look at the way from the edge to the workers: the overlay network needs 8472/udp both ways',
  );
}

const UNNAMED = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME']);
const CLOSED = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET']);

function noAnswer(scheme: EchoAnswer['scheme'], host: string, failure: string): CheckResult {
  if (CLOSED.has(failure)) {
    const message = `there is no answer (${failure})`;
    return fail(
      'echo-silent',
      message,
      '`ironkeel edge check` says which port of which edge is closed, and what to do',
    );
  }
  if (UNNAMED.has(failure)) {
    const message = `the certificate is not for ${host} (${failure})`;
    return fail('echo-name', message, 'take a host one level below the domain: its certificate covers no more');
  }
  const remedy = '`ironkeel edge check` says whose certificate it is; --ca FILE trusts another authority';
  return scheme === 'https'
    ? fail('echo-tls', `the certificate is not trusted (${failure})`, remedy)
    : fail('echo-silent', `there is no answer (${failure})`, '`ironkeel edge check` looks closer');
}
