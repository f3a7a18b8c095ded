import { suggest } from '../../support/suggest.js';
import { each, type Holey } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { parseIp } from '../ip.js';
import { isSubdomain, parseHostPort, remedyForName } from '../names.js';
import { DEFAULTS, type RawCluster } from '../schema.js';
import { checkAddress } from './addresses.js';
import { eachMachine, error, findDuplicates, type Rule, type RuleInput, warning } from './rule.js';

type DraftDomain = Holey<NonNullable<RawCluster['domains']>[number]>;

/** Domains: real names, each once, served by edge machines. */
export const checkDomains: Rule = function* (input) {
  const domains = [...each(input.draft.domains)].map(([index, domain]) => ({
    domain,
    path: ['domains', index] as const,
  }));
  const machines = readMachines(input);
  for (const { domain, path } of domains) {
    if (domain.name !== undefined) yield* checkDomainName(domain.name, [...path, 'name'], input);
    yield* checkEdges(domain, path, machines);
  }
  const named = domains.flatMap(({ domain, path }) =>
    domain.name === undefined ? [] : [{ key: domain.name, path: [...path, 'name'] }],
  );
  for (const [{ key, path }, first] of findDuplicates(named)) {
    const message = `the domain ${key} is listed twice, first on line ${input.lineOf(first.path)}`;
    yield error('duplicate-domain', path, message, 'keep one of them');
  }
};

function* checkDomainName(name: string, path: Path, { draft }: RuleInput): Generator<Finding> {
  const clusterDomain = draft.network?.clusterDomain ?? DEFAULTS.clusterDomain;
  if (parseIp(name) !== undefined) {
    yield error('bad-domain', path, 'an IP address is no domain', 'give a name, such as example.com');
  } else if (name.startsWith('*.')) {
    const below = name.slice(2);
    const remedy = isServable(below)
      ? `did you mean "${below}"? Its subdomains belong to it`
      : 'give a name, such as example.com; its subdomains belong to it';
    yield error('bad-domain', path, 'a wildcard is no domain', remedy);
  } else if (!isSubdomain(name)) {
    yield error('bad-domain', path, 'this is no domain name', remedyForDomain(name));
  } else if (/(^|\.)\d+$/.test(name)) {
    const message = 'no top-level domain consists of digits: this is read as an IP address';
    yield error('bad-domain', path, message, 'give a name, such as example.com');
  } else if (!name.includes('.')) {
    yield error(
      'bad-domain',
      path,
      'a top-level domain alone cannot be served',
      `give a name below it, such as example.${name}`,
    );
  } else if (name === clusterDomain || name.endsWith(`.${clusterDomain}`)) {
    yield error(
      'bad-domain',
      path,
      `${name} is inside the cluster’s own zone ${clusterDomain}`,
      'choose a domain of the outside world',
    );
  }
}

/** Whether the world could have it as a domain. */
function isServable(name: string): boolean {
  return isSubdomain(name) && /\.(?!\d+$)[^.]+$/.test(name);
}

/** People paste addresses of pages, and write names in their own script, which DNS has in another form. */
function remedyForDomain(text: string): string {
  const address = text.includes('://') ? text : `https://${text}`;
  const host = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return isServable(host) ? `did you mean "${host}"?` : remedyForName(text, isServable);
}

interface MachineRoles {
  readonly roles: ReadonlyMap<string, string>;
  readonly edges: readonly string[];
  /** Whether some machine's role could not be read: then nothing is known of who is an edge. */
  readonly unread: boolean;
}

function readMachines({ draft, isMisfit }: RuleInput): MachineRoles {
  const named = [...eachMachine(draft)].flatMap(({ machine: { name, role } }) =>
    name === undefined ? [] : [[name, role ?? 'worker'] as const],
  );
  const unread = (draft.machines ?? [undefined]).some(
    (machine, index) => machine === undefined || isMisfit(['machines', index, 'role']),
  );
  return { roles: new Map(named), edges: named.flatMap(([name, role]) => (role === 'edge' ? [name] : [])), unread };
}

function* checkEdges(domain: DraftDomain, path: Path, { roles, edges, unread }: MachineRoles): Generator<Finding> {
  if (domain.edges === undefined && edges.length === 0 && !unread) {
    yield warning(
      'domain-without-edge',
      path,
      'no machine is an edge, so nothing serves this domain',
      'give a machine the role: edge',
    );
  }
  for (const [index, name] of each(domain.edges)) {
    const role = roles.get(name);
    if (role === 'edge') continue;
    const at = [...path, 'edges', index];
    const near = suggest(name, edges);
    const remedy =
      near === undefined
        ? `name one of the edges: ${edges.slice(0, 5).join(', ') || 'there is none yet'}`
        : `did you mean "${near}"?`;
    if (role === undefined) yield error('unknown-machine', at, `there is no machine "${name.slice(0, 80)}"`, remedy);
    else if (!unread)
      yield error('not-an-edge', at, `the machine "${name}" is no edge`, `give it the role: edge, or ${remedy}`);
  }
  const listed = [...each(domain.edges)].map(([index, key]) => ({ key, path: [...path, 'edges', index] }));
  for (const [{ key, path: at }] of findDuplicates(listed)) {
    yield error('duplicate-edge', at, `the edge "${key}" is listed twice`, 'keep one of them');
  }
}

/** The API's endpoint: a DNS name or an address, with a port or not. */
export const checkEndpoint: Rule = function* ({ draft }) {
  const { endpoint } = draft;
  if (endpoint === undefined) return;
  const path = ['endpoint'];
  const parts = parseHostPort(endpoint);
  if (/^https?:\/\//i.test(endpoint)) {
    const bare = endpoint.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
    yield error('bad-endpoint', path, 'the endpoint is a host, not a URL', `did you mean "${bare}"?`);
  } else if (parts === undefined) {
    const ipv6 = endpoint.split(':').length > 2;
    if (ipv6)
      yield error('coming-ipv6', path, 'IPv6 addresses are not supported yet', 'give a DNS name or an IPv4 address');
    else
      yield error(
        'bad-endpoint',
        path,
        'this is no host with a port',
        'write a host, or host:port with a port from 1 to 65535',
      );
  } else if (/^[\d.]+$/.test(parts.host)) yield* checkAddress(parts.host, path);
  else if (!isSubdomain(parts.host)) {
    yield error('bad-endpoint', path, 'the endpoint’s host is no DNS name', remedyForName(parts.host, isSubdomain));
  } else yield* checkEndpointName(parts.host, draft, path);
  yield* checkEndpointMachine(parts?.host, draft, path);
};

function* checkEndpointName(host: string, draft: RuleInput['draft'], path: Path) {
  if (host === 'localhost')
    yield error('bad-endpoint', path, '"localhost" means every machine itself', 'give a name that all can resolve');
  if ([...each(draft.domains)].some(([, { name }]) => name === host)) {
    const message = `the endpoint is the domain ${host}, whose name leads to the edges and not to the controllers`;
    yield warning('endpoint-is-domain', path, message, `give the API a name of its own, such as api.${host}`);
  }
}

function* checkEndpointMachine(host: string | undefined, draft: RuleInput['draft'], path: Path): Generator<Finding> {
  if (host === undefined || parseIp(host) === undefined) return;
  if (host === draft.ingress?.floatingAddress) {
    const message = 'the endpoint is the floating address, which leads to the edges and not to the controllers';
    const remedy = 'give a controller’s address, or a DNS name for all of them';
    yield warning('endpoint-not-controller', path, message, remedy);
    return;
  }
  const owner = [...eachMachine(draft)].find(
    ({ machine }) => machine.ip === host || machine.publicAddress === host,
  )?.machine;
  if (owner !== undefined && (owner.role ?? 'worker') !== 'controller') {
    const message = `the endpoint is the address of "${owner.name}", which is no controller`;
    yield warning(
      'endpoint-not-controller',
      path,
      message,
      'give a controller’s address, or a DNS name for all of them',
    );
  }
}

/** The zone inside the cluster. */
export const checkClusterDomain: Rule = function* ({ draft }) {
  const zone = draft.network?.clusterDomain;
  if (zone === undefined || isSubdomain(zone)) return;
  yield error(
    'bad-domain',
    ['network', 'clusterDomain'],
    'the cluster’s zone is no DNS name',
    remedyForName(zone, isSubdomain),
  );
};
