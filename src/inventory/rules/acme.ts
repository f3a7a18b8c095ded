import { ACME_SERVER } from '../acme-schema.js';
import { each } from '../draft.js';
import { checkFields, type FieldSchema } from '../field-schema.js';
import type { Finding, Path } from '../finding.js';
import { isSubdomain } from '../names.js';
import { findPemFault, readPem } from '../pem.js';
import { error, type Rule, type RuleInput, warning } from './rule.js';
import { checkUrl } from './urls.js';

/** Certificates from an ACME server: who asks, where, for which domains, and how wildcards are proven. */
export const checkAcme: Rule = function* (input) {
  yield* checkDomains(input);
  const { acme } = input.draft;
  if (acme === undefined) return;
  if (acme.email !== undefined) yield* checkEmail(acme.email, acme.server, ['acme', 'email']);
  if (acme.server !== undefined) yield* checkServer(acme.server, ['acme', 'server']);
  if (acme.caFile !== undefined) yield* checkAuthority(acme.caFile, input);
  if (acme.dns01 !== undefined) yield* checkSolver({ ...acme.dns01 }, input);
};

function* checkDomains({ draft, isMisfit }: RuleInput): Generator<Finding> {
  const { acme } = draft;
  const unread = isMisfit(['acme']) || isMisfit(['acme', 'dns01']);
  let users = 0;
  for (const [index, { name, tls, wildcard }] of each(draft.domains)) {
    const at: Path = ['domains', index];
    if (isMisfit([...at, 'tls'])) return;
    if (tls === 'acme') {
      users += 1;
      if (isUnsignable(name, acme?.server)) yield unsignable([...at, 'name']);
      if (draft.ingress?.controller === 'none') yield withoutIngress([...at, 'tls']);
      if (acme === undefined && !unread) yield withoutServer([...at, 'tls']);
      if (wildcard === true && acme?.dns01 === undefined && !unread) yield withoutDns([...at, 'wildcard']);
    } else if (wildcard !== undefined) yield ownWildcard([...at, 'wildcard']);
  }
  if (acme !== undefined && users === 0) {
    const message = 'no domain has its certificates from an ACME server';
    yield { ...warning('unused-acme', ['acme'], message, 'give a domain tls: acme, or remove this'), at: 'key' };
  }
}

/** Names that no public authority vouches for: RFC 6761, 6762, 8375, and those that networks of one's own use. */
const NOBODYS = /(?:^|\.)(?:corp|home|home\.arpa|internal|intranet|invalid|lan|local|localhost|onion|private|test)$/i;

function isUnsignable(name: string | undefined, server: string = ACME_SERVER): boolean {
  return name !== undefined && NOBODYS.test(name) && server.includes('letsencrypt.org');
}

function unsignable(path: Path): Finding {
  const message = 'Let’s Encrypt signs no name of this kind: nobody in the world owns it';
  const remedy = 'remove tls: acme for the authority of this cluster’s own, or name your ACME server in acme.server';
  return error('acme-private-domain', path, message, remedy);
}

function withoutServer(path: Path): Finding {
  const message = 'an ACME server wants an address that it can write to';
  return error('acme-without-email', path, message, 'add acme: {email: …} with an address of yours to the file');
}

function withoutIngress(path: Path): Finding {
  const message = 'with ingress: {controller: none} nothing of Ironkeel’s on the edges would answer for this domain';
  const remedy = 'remove it and run an ACME client beside your own controller, or choose controller: traefik';
  return error('acme-without-ingress', path, message, remedy);
}

function withoutDns(path: Path): Finding {
  const message = 'a wildcard is proven by a DNS record alone, and nothing says how to write one';
  const remedy = 'add dns01 with your DNS provider to acme, or remove the wildcard: each host then gets its own';
  return error('wildcard-without-dns01', path, message, remedy);
}

function ownWildcard(path: Path): Finding {
  const message = 'the certificate of the cluster’s own authority holds the wildcard anyway';
  return { ...warning('unused-wildcard', path, message, 'remove it, or add tls: acme'), at: 'key' };
}

/** What a mailbox's name consists of in practice. */
const LOCAL_PART = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const EXAMPLE = /^example\.(com|net|org)$/;

function* checkEmail(email: string, server: string | undefined, path: Path): Generator<Finding> {
  const bare = email.replace(/^mailto:/i, '').trim();
  const at = bare.lastIndexOf('@');
  const [name, host] = [bare.slice(0, at), bare.slice(at + 1).toLowerCase()];
  const good = at > 0 && LOCAL_PART.test(name) && isSubdomain(host) && host.includes('.');
  if (!good || bare !== email) {
    const remedy = good ? `did you mean "${bare}"?` : 'write one address, such as you@your-domain.org';
    yield error('bad-email', path, 'this is no e-mail address', remedy);
  } else if (EXAMPLE.test(host) && (server ?? ACME_SERVER).includes('letsencrypt.org')) {
    yield warning('example-email', path, `Let’s Encrypt refuses addresses of ${host}`, 'give an address of your own');
  }
}

function* checkServer(server: string, path: Path): Generator<Finding> {
  if (!/^https?:\/\//i.test(server)) {
    const near = server.includes('.') && !server.includes(':') && URL.canParse(`https://${server}`);
    const remedy = near
      ? `did you mean "https://${server}"?`
      : 'write https://… of its directory, or remove it for Let’s Encrypt';
    yield error('bad-url', path, 'this is no https:// URL', remedy);
    return;
  }
  const faults = [...checkUrl(server, path, { pathAllowed: true })];
  yield* faults;
  if (faults.length > 0 || server.startsWith('https://')) return;
  const remedy = `did you mean "${server.replace(/^http:/i, 'https:')}"?`;
  yield error('bad-url', path, 'ACME is spoken over https:// alone', remedy);
}

function* checkAuthority(file: string, { context }: RuleInput): Generator<Finding> {
  const path: Path = ['acme', 'caFile'];
  const reading = context.readFile(file);
  if ('error' in reading) {
    const remedy = 'copy it there, or correct the path; it starts at this file’s folder';
    yield error('acme-file', path, `cannot read ${file}: ${reading.error}`, remedy);
    return;
  }
  const fault = findPemFault(readPem(reading.content), 'ca');
  if (fault !== undefined) yield error('acme-file', path, `${file} ${fault.message}`, fault.remedy);
}

/** Members of a solver beside its provider. */
const SETTINGS = ['cnameStrategy'];

/** One that the API server refused would keep everything else from the cluster. */
function* checkSolver(solver: Readonly<Record<string, unknown>>, { context }: RuleInput): Generator<Finding> {
  const schema = context.dns01Schema?.();
  if (schema === undefined) return;
  const path: Path = ['acme', 'dns01'];
  yield* checkFields(solver, schema, path, 'a DNS-01 solver of cert-manager');
  const providers = providersOf(schema);
  const given = Object.keys(solver).filter((name) => !SETTINGS.includes(name));
  if (given.length === 0) {
    const message = 'this names no DNS provider';
    yield error('dns01-provider', path, message, `add one of ${providers.join(', ')}`);
  }
  for (const name of given.slice(1).filter((each) => providers.includes(each))) {
    const message = `a solver has one DNS provider, and ${given[0]} is here already`;
    yield { ...error('dns01-provider', [...path, name], message, 'keep one of them'), at: 'key' };
  }
}

function providersOf({ properties = {} }: FieldSchema): string[] {
  return Object.keys(properties).filter((name) => !SETTINGS.includes(name));
}
