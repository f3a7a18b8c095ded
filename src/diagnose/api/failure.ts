import type { Cause } from '../types.js';

const FOREIGN = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
]);

const SILENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection: no API server runs there yet',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'does not answer',
  ABORT_ERR: 'does not answer in time',
  EHOSTUNREACH: 'cannot be reached: no route',
  ENETUNREACH: 'cannot be reached: no route',
  EHOSTDOWN: 'cannot be reached: nothing has that address',
};

/** Why an API server could not be asked. */
export function explainApiFailure(base: string, error: unknown): Cause {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const { host } = new URL(base);
  if (FOREIGN.has(code)) return foreign(host);
  if (code in SILENT) return { severity: 'waiting', code: 'api-silent', message: `${host} ${SILENT[code]}` };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        severity: 'error',
        code: 'unknown-endpoint',
        message: `the name of the endpoint ${host} is not known`,
        remedy: 'give your DNS a record of that name for every controller',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        severity: 'error',
        code: 'wrong-name',
        message: `the certificate at ${host} is of the cluster, but not for that name`,
        remedy: 'build again after changing the endpoint, and bring the new drives to the controllers',
      };
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return {
        severity: 'error',
        code: 'certificate-time',
        message: `the certificate at ${host} is ${code === 'CERT_HAS_EXPIRED' ? 'expired' : 'not valid yet'} by the clock of this computer`,
        remedy: 'set the clock; if it is right, `ironkeel build` issues what is due, and the drives bring it',
      };
    default:
      return { severity: 'error', code: 'api-failed', message: `${host}: ${code === '' ? message : code}` };
  }
}

function foreign(host: string): Cause {
  return {
    severity: 'error',
    code: 'other-cluster',
    message: `this is not the cluster you built: ${host} shows a certificate of another authority`,
    remedy: 'look who has that address, and that this folder is the one the machines were built from',
  };
}

/** Why an API server that answers does not serve: its own words for what is missing. */
export function explainApiAnswer(base: string, status: number, body: string): Cause {
  const { host } = new URL(base);
  if (status === 401 || status === 403) {
    return {
      severity: 'error',
      code: 'not-accepted',
      message: `${host} does not accept the certificate of the kubeconfig (${status})`,
      remedy:
        'look that this folder is the one the machines were built from; `ironkeel build` renews a certificate that is due',
    };
  }
  const failing = failingChecks(body);
  const waits = failing.length === 0 ? `it answers ${status}` : `these checks fail: ${failing.join(', ')}`;
  return { severity: 'waiting', code: 'api-starting', message: `${host} is starting: ${waits}` };
}

/** Names of the checks that fail, from `/readyz?verbose`: lines such as `[-]etcd failed: reason withheld`. */
function failingChecks(body: string): string[] {
  return [...body.matchAll(/^\[-\](\S+)/gm)].map((match) => match[1] ?? '');
}
