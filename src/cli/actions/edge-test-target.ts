import type { EdgeTarget } from '../../diagnose/index.js';
import { inputError } from '../../support/problem.js';
import type { EdgeSession } from './edge-session.js';

/** The name of the echo, and the edges that have to serve it. */
export interface EchoTarget {
  readonly host: string;
  readonly targets: readonly EdgeTarget[];
}

/**
 * Where the echo is to be found: the host that was given, else `echo` in the first domain.
 *
 * @throws InputError when the host is in none of the domains, or no edge that serves it has a known address.
 */
export function echoTarget({ domains, expected }: EdgeSession, given: string | undefined): EchoTarget {
  const host = given?.toLowerCase() ?? `echo.${domains[0].name}`;
  const domain = [...domains]
    .sort((one, other) => other.name.length - one.name.length)
    .find(({ name }) => host === name || host.endsWith(`.${name}`));
  if (domain === undefined || !LABELS.test(host)) throw foreignHost(host, domains[0].name);
  const targets = expected.targets.filter(({ edge }) => domain.edges.includes(edge));
  if (targets.length > 0) return { host, targets };
  const message = `no edge that serves ${domain.name} has an address that is known`;
  throw inputError('no-edge', message, 'Give a machine the role: edge with ip or publicAddress in cluster.yaml');
}

/** What an Ingress takes for a host; a wildcard cannot be called. */
const LABELS = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

function foreignHost(host: string, domain: string) {
  const message = `${host} is no host in one of the domains`;
  return inputError(
    'foreign-host',
    message,
    `Give one such as echo.${domain}, or list its domain in cluster.yaml`,
    host,
  );
}
