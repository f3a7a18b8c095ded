import type { ClusterPlan } from '../plan/types.js';
import { BACKDATED, succeedAuthority } from '../secrets/authority.js';
import { mintDomainsAuthority } from '../secrets/mint.js';
import { mintSshHostKey } from '../secrets/ssh-host-key.js';
import type { CaName, IssuedCertificate, Secrets } from '../secrets/types.js';
import { type Issuer, loadIssuer, signCertificate, signRequest } from '../secrets/x509/certificate.js';
import { extendedKeyUsage, keyUsage, LEAF_CONSTRAINTS, subjectAltName } from '../secrets/x509/extensions.js';
import { generateKeyPair } from '../secrets/x509/keys.js';
import { encodeSubject } from '../secrets/x509/names.js';
import { DAY, type Instant } from '../support/clock.js';
import { WorkError } from '../support/problem.js';
import { decide, isUnchanged } from './decide.js';
import { certificateProfile } from './profile.js';
import type { CertificateSpec, PkiChanges } from './types.js';

/** The secrets after issuing, and what became of what. */
export interface Issued extends PkiChanges {
  /** The very object that was given when nothing changed. */
  readonly secrets: Secrets;
}

/**
 * Issues what the plan demands and the secrets lack, and drops what nobody needs any more. Whatever still
 * fits and has more than `renewBeforeDays` of life left stays as it is, octet for octet.
 *
 * @param onIssued called after each certificate with how many are done and how many there are: RSA keys
 * take their time.
 * @throws WorkError when an authority has expired.
 */
export function issueCertificates(
  plan: ClusterPlan,
  secrets: Secrets,
  now: Instant,
  onIssued?: (done: number, total: number) => void,
): Issued {
  const { specs, renewDomains, ...changes } = decide(plan, secrets, now);
  if (isUnchanged(changes)) return { ...changes, secrets };
  const authorities = renewDomains ? withNewDomains(plan, secrets, now) : secrets.authorities;
  const wanted = new Set(changes.changes.map(({ id }) => id));
  const touched = specs.filter(({ id }) => wanted.has(id));
  const issue = issuing(authorities, now);
  const issued = new Map(Object.entries(secrets.issued));
  for (const id of changes.dropped) issued.delete(id);
  for (const [index, spec] of touched.entries()) {
    issued.set(spec.id, issue(spec));
    onIssued?.(index + 1, touched.length);
  }
  const sshHostKeys = renewSshHostKeys(secrets, changes.sshHostKeys);
  return { ...changes, secrets: { ...secrets, authorities, issued: Object.fromEntries(issued), sshHostKeys } };
}

function withNewDomains({ cluster }: ClusterPlan, { authorities }: Secrets, now: Instant): Secrets['authorities'] {
  const { keyType, caLifetimeDays } = cluster.certificates;
  const domains = cluster.domains.map(({ name }) => name);
  const successor = mintDomainsAuthority({ keyType, caLifetimeDays, clusterName: cluster.name, domains }, now);
  return { ...authorities, domains: succeedAuthority(authorities.domains, successor, now) };
}

function renewSshHostKeys({ sshHostKeys }: Secrets, changes: PkiChanges['sshHostKeys']): Secrets['sshHostKeys'] {
  const keys = new Map(Object.entries(sshHostKeys));
  for (const machine of changes.dropped) keys.delete(machine);
  for (const machine of changes.minted) keys.set(machine, mintSshHostKey(machine));
  return Object.fromEntries(keys);
}

/** Loads each authority's key once, when it is first needed. */
function issuing(authorities: Secrets['authorities'], now: Instant): (spec: CertificateSpec) => IssuedCertificate {
  const loaded = new Map<CaName, Issuer>();
  return (spec) => {
    const issuer = loaded.get(spec.authority) ?? loadIssuer(authorities[spec.authority].issuing);
    loaded.set(spec.authority, issuer);
    if (issuer.notAfter <= now) throw expired(spec.authority);
    return issueCertificate(spec, issuer, now);
  };
}

function issueCertificate(spec: CertificateSpec, issuer: Issuer, now: Instant): IssuedCertificate {
  const key = generateKeyPair(spec.keyType);
  const subject = encodeSubject(spec.subject);
  const extensions = leafExtensions(spec);
  const notAfter = Math.min(wholeSeconds(now + spec.lifetimeDays * DAY), issuer.notAfter);
  const notBefore = Math.max(now - BACKDATED, issuer.notBefore);
  return {
    key: key.pem,
    certificate: signCertificate(issuer, { subject, spki: key.spki, extensions, notBefore, notAfter }),
    request: signRequest(key, subject, extensions),
    profile: certificateProfile(spec, issuer.fingerprint),
    notAfter,
  };
}

function leafExtensions({ keyUsages, usages, dnsNames, ipAddresses }: CertificateSpec): Buffer[] {
  const names = dnsNames.length + ipAddresses.length > 0 ? [subjectAltName(dnsNames, ipAddresses)] : [];
  return [LEAF_CONSTRAINTS, keyUsage(keyUsages), extendedKeyUsage(usages), ...names];
}

/** Certificates know no fractions. */
function wholeSeconds(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}

function expired(authority: CaName): WorkError {
  return new WorkError(
    `the ${authority} authority has expired, so no certificate of it can be issued`,
    'check the clock of this computer; an expired authority has to be replaced on every machine',
  );
}
