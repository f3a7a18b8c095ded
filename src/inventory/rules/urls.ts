import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { parseIp, parseRange } from '../ip.js';
import { isSubdomain, parseHostPort, remedyForName } from '../names.js';
import { checkAddress } from './addresses.js';
import { error, findDuplicates, type Rule } from './rule.js';

/** Characters that are safe in a unit's environment and in a configuration file, `%` included: the encoders escape it. */
const SAFE_URL = /^[A-Za-z0-9._~:/?#[\]@!&*+,;=%()-]+$/;

/** What a text lacks to be an `http://` or `https://` URL, as a finding. */
export function* checkUrl(text: string, path: Path, options: { readonly pathAllowed: boolean }): Generator<Finding> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const code = 'bad-url';
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    const near =
      parseHostPort(text) === undefined ? 'write http://HOST:PORT or https://HOST' : `did you mean "http://${text}"?`;
    yield error(code, path, 'this is no http:// or https:// URL', near);
  } else if (!SAFE_URL.test(text)) {
    yield error(code, path, 'the URL has characters that have to be escaped', 'write them as %XX');
  } else if (url.search !== '' || url.hash !== '') {
    yield error(code, path, 'the URL has a query or a fragment', 'end it before the "?" or "#"');
  } else if (!options.pathAllowed && url.pathname !== '/') {
    yield error(code, path, 'a proxy’s URL has no path', `did you mean "${url.protocol}//${url.host}"?`);
  } else if (!isHost(url.hostname)) {
    yield error(code, path, 'the URL’s host is neither a DNS name nor an IPv4 address', 'correct the host');
  }
}

function isHost(host: string): boolean {
  return parseIp(host) !== undefined || isSubdomain(host);
}

/** The proxy and what bypasses it. */
export const checkProxy: Rule = function* ({ draft }) {
  const { proxy } = draft;
  if (proxy === undefined) return;
  for (const kind of ['http', 'https'] as const) {
    const text = proxy[kind];
    if (text !== undefined) yield* checkUrl(text, ['proxy', kind], { pathAllowed: false });
  }
  for (const [index, entry] of each(proxy.noProxy)) {
    const host = parseHostPort(entry.replace(/^\*?\./, ''))?.host ?? '';
    if (parseRange(entry) !== undefined || (isHost(host) && !entry.startsWith('*'))) continue;
    const remedy = entry.includes(',')
      ? 'write one entry an item of the list'
      : 'write a host, a .suffix, an address or a range';
    yield error('bad-no-proxy', ['proxy', 'noProxy', index], 'this is nothing a proxy can be bypassed for', remedy);
  }
};

/** Image registries and their mirrors, and the mirror of downloads. */
export const checkMirrors: Rule = function* ({ draft, lineOf }) {
  const registries = [...each(draft.registries)].map(([index, registry]) => ({
    registry,
    path: ['registries', index] as const,
  }));
  for (const { registry, path } of registries) {
    if (registry.host !== undefined) yield* checkRegistryHost(registry.host, [...path, 'host']);
    for (const [index, mirror] of each(registry.mirrors))
      yield* checkUrl(mirror, [...path, 'mirrors', index], { pathAllowed: true });
  }
  const hosts = registries.flatMap(({ registry, path }) =>
    registry.host === undefined ? [] : [{ key: registry.host, path: [...path, 'host'] }],
  );
  for (const [{ key, path }, first] of findDuplicates(hosts)) {
    const message = `the registry ${key.slice(0, 100)} is listed twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-registry', path, message, 'list all its mirrors in one place');
  }
  if (draft.artefactMirror !== undefined)
    yield* checkUrl(draft.artefactMirror, ['artefactMirror'], { pathAllowed: true });
};

function* checkRegistryHost(text: string, path: Path): Generator<Finding> {
  const host = parseHostPort(text)?.host;
  if (host !== undefined && isHost(host)) return;
  const bare = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const near =
    bare !== text && isHost(parseHostPort(bare)?.host ?? '')
      ? `did you mean "${bare}"?`
      : 'write a host such as docker.io or registry.lan:5000';
  yield error('bad-registry', path, 'this is no registry’s host', near);
}

/** Time servers: DNS names or addresses. */
export const checkTimeServers: Rule = function* ({ draft }) {
  for (const [index, server] of each(draft.ntp)) {
    const path = ['ntp', index];
    if (/^[\d.]+$/.test(server) || server.includes(':')) yield* checkAddress(server, path);
    else if (!isSubdomain(server))
      yield error('bad-time-server', path, 'this is no host', remedyForName(server, isSubdomain));
  }
};
