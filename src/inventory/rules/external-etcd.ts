import { each, type Holey } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { parseIp, whyUnusable } from '../ip.js';
import { isSubdomain, parseHostPort } from '../names.js';
import { findPemFault, isKeyOf, type PemKind, pemText, readPem } from '../pem.js';
import type { RawCluster } from '../schema.js';
import { error, findDuplicates, type Rule, type RuleInput, warning } from './rule.js';

/** What etcd serves clients at unless told. */
const CLIENT_PORT = 2379;

const FILES = [
  ['caFile', 'ca'],
  ['certFile', 'certificate'],
  ['keyFile', 'key'],
] as const satisfies readonly (readonly [string, PemKind])[];

type DraftExternal = Holey<NonNullable<NonNullable<RawCluster['etcd']>['external']>>;

/** An etcd that the user runs: its addresses, and the certificate and key it is spoken to with. */
export const checkExternalEtcd: Rule = function* (input) {
  const external = input.draft.etcd?.external;
  if (external === undefined) return;
  const at = ['etcd', 'external'];
  yield* checkEndpoints(external, at, input);
  yield* checkFiles(external, at, input);
  if (input.draft.kubernetes?.etcd?.flags !== undefined) {
    const message = 'these flags start nothing: the etcd of this cluster is your own';
    const path = ['kubernetes', 'etcd', 'flags'];
    yield { ...warning('unused-options', path, message, 'remove them, and set them where you start it'), at: 'key' };
  }
};

function* checkEndpoints({ endpoints }: DraftExternal, at: Path, { lineOf }: RuleInput): Generator<Finding> {
  const listed = [...each(endpoints)].map(([index, key]) => ({ key, path: [...at, 'endpoints', index] }));
  for (const { key, path } of listed) yield* checkEndpoint(key, path);
  for (const [{ path }, first] of findDuplicates(listed)) {
    const message = `this endpoint is listed twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-endpoint', path, message, 'list each member once');
  }
}

function* checkEndpoint(text: string, path: Path): Generator<Finding> {
  const [, scheme, rest = text] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  const parts = parseHostPort(rest.replace(/\/$/, ''));
  const good = parts !== undefined && isHost(parts.host);
  const near = good ? `did you mean "https://${parts.host}:${parts.port ?? CLIENT_PORT}"?` : undefined;
  const remedy = near ?? 'write https://HOST:PORT, such as https://10.10.10.9:2379';
  const code = 'bad-endpoint';
  if (!good) yield error(code, path, 'this is no address of an etcd member', remedy);
  else if (scheme !== 'https')
    yield error(code, path, 'etcd holds every Secret of the cluster, so it is reached over https:// alone', remedy);
  else if (parts.port === undefined || rest.endsWith('/'))
    yield error(code, path, 'an endpoint is a host with its port, and nothing behind it', remedy);
  else if (isNobodys(parts.host))
    yield error('unusable-address', path, `no machine has the address ${parts.host}`, 'give the member’s address');
}

/** A DNS name or an IPv4 address; a name of digits alone is an address that went wrong. */
function isHost(text: string): boolean {
  return /^[\d.]+$/.test(text) ? parseIp(text) !== undefined : isSubdomain(text);
}

/** A member on the controller itself is fine. */
function isNobodys(host: string): boolean {
  const address = parseIp(host);
  return address !== undefined && address >>> 24 !== 127 && whyUnusable(address) !== undefined;
}

function* checkFiles(external: DraftExternal, at: Path, { context }: RuleInput): Generator<Finding> {
  const good = new Map<PemKind, string>();
  for (const [field, kind] of FILES) {
    const file = external[field];
    if (file === undefined) continue;
    const path = [...at, field];
    const reading = context.readFile(file);
    if ('error' in reading) {
      const remedy = 'copy it there, or correct the path; it starts at this file’s folder';
      yield error('etcd-file', path, `cannot read ${file}: ${reading.error}`, remedy);
      continue;
    }
    const blocks = readPem(reading.content);
    const fault = findPemFault(blocks, kind);
    if (fault === undefined) good.set(kind, pemText(blocks, kind));
    else yield error('etcd-file', path, `${file} ${fault.message}`, fault.remedy);
  }
  const [certificate, key] = [good.get('certificate'), good.get('key')];
  if (certificate === undefined || key === undefined || isKeyOf(key, certificate)) return;
  const message = `${external.keyFile} is not the key of the certificate in ${external.certFile}`;
  yield error('etcd-file', [...at, 'keyFile'], message, 'name the certificate and the key that were made together');
}
