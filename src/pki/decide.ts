import type { CertificateSettings } from '../inventory/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { authorityPermits } from '../secrets/authority.js';
import type { CaName, IssuedCertificate, Secrets } from '../secrets/types.js';
import { certificateFingerprint } from '../secrets/x509/certificate.js';
import { readCertificate } from '../secrets/x509/read.js';
import { DAY, type Instant } from '../support/clock.js';
import { describeDifference } from './difference.js';
import { certificateProfile } from './profile.js';
import { requiredCertificates } from './required.js';
import type { CertificateChange, CertificateSpec, PkiChanges } from './types.js';

/** What has to be issued to get from the secrets to the plan, with what issuing needs to know. */
export interface Decision extends PkiChanges {
  readonly specs: readonly CertificateSpec[];
  /** The domains' authority has to be replaced first. */
  readonly renewDomains: boolean;
}

/**
 * What {@link issueCertificates} would do, without doing it: nothing is signed, no key is made. For
 * `build --check`.
 */
export function plannedChanges(plan: ClusterPlan, secrets: Secrets, now: Instant): PkiChanges {
  const { changes, dropped, sshHostKeys } = decide(plan, secrets, now);
  return { changes, dropped, sshHostKeys };
}

/** Whether nothing at all has to be issued, made or dropped. */
export function isUnchanged({ changes, dropped, sshHostKeys }: PkiChanges): boolean {
  return changes.length + dropped.length + sshHostKeys.minted.length + sshHostKeys.dropped.length === 0;
}

/** Compares the plan with the secrets. */
export function decide(plan: ClusterPlan, secrets: Secrets, now: Instant): Decision {
  const specs = requiredCertificates(plan);
  const ids = new Set(specs.map(({ id }) => id));
  const domains = domainsChange(plan, secrets, now);
  const judge = judgeFor(plan, secrets, now, domains);
  return {
    specs,
    renewDomains: domains !== undefined,
    changes: [domains, ...specs.map(judge)].filter((change) => change !== undefined),
    dropped: Object.keys(secrets.issued).filter((id) => !ids.has(id)),
    sshHostKeys: sshHostKeyChanges(plan, secrets),
  };
}

/**
 * The domains' authority is replaced when the domains change or it nears its end; the one before stays
 * accepted. The other authorities are trusted by running machines, so replacing them takes a rotation.
 */
function domainsChange(plan: ClusterPlan, secrets: Secrets, now: Instant): CertificateChange | undefined {
  const { domains, certificates } = plan.cluster;
  const { certificate } = secrets.authorities.domains.issuing;
  const names = domains.map(({ name }) => name);
  if (!authorityPermits(certificate, names)) {
    const detail = names.length > 0 ? `constrained to ${names.join(', ')}` : 'constrained to no domain';
    return { id: 'authority/domains', reason: 'changed', detail };
  }
  const { notAfter } = readCertificate(certificate);
  const end = now + certificates.caLifetimeDays * DAY;
  return isWorthRenewing(notAfter, end, certificates, now) ? expiring('authority/domains', notAfter) : undefined;
}

function newDomainsAuthority({ reason }: CertificateChange): string {
  const why = reason === 'expiring' ? 'the one before is near its end' : 'its permitted domains changed';
  return `issued by a new authority, as ${why}`;
}

type Judge = (spec: CertificateSpec) => CertificateChange | undefined;

function judgeFor(plan: ClusterPlan, secrets: Secrets, now: Instant, domains: CertificateChange | undefined): Judge {
  const issuers = issuersOf(secrets);
  return (spec) => {
    const { id } = spec;
    const existing = secrets.issued[id];
    if (!existing) return { id, reason: 'new', detail: spec.subject.commonName };
    if (spec.authority === 'domains' && domains) return { id, reason: 'issuer', detail: newDomainsAuthority(domains) };
    const issuer = issuers[spec.authority];
    if (existing.profile !== certificateProfile(spec, issuer.fingerprint)) return mismatch(spec, existing, issuer);
    const end = Math.min(now + spec.lifetimeDays * DAY, issuer.notAfter);
    return isWorthRenewing(existing.notAfter, end, plan.cluster.certificates, now)
      ? expiring(id, existing.notAfter)
      : undefined;
  };
}

interface IssuerIdentity {
  readonly fingerprint: string;
  readonly keyIdentifier: Buffer;
  readonly notAfter: Instant;
}

function issuersOf({ authorities }: Secrets): Record<CaName, IssuerIdentity> {
  const identify = (name: CaName): IssuerIdentity => {
    const { certificate } = authorities[name].issuing;
    const { notAfter, subjectKeyIdentifier } = readCertificate(certificate);
    return { fingerprint: certificateFingerprint(certificate), notAfter, keyIdentifier: subjectKeyIdentifier };
  };
  return {
    kubernetes: identify('kubernetes'),
    etcd: identify('etcd'),
    'front-proxy': identify('front-proxy'),
    domains: identify('domains'),
  };
}

function mismatch(spec: CertificateSpec, existing: IssuedCertificate, issuer: IssuerIdentity): CertificateChange {
  const { authorityKeyIdentifier } = readCertificate(existing.certificate);
  if (!authorityKeyIdentifier.equals(issuer.keyIdentifier)) {
    return { id: spec.id, reason: 'issuer', detail: `issued by another ${spec.authority} authority` };
  }
  return { id: spec.id, reason: 'changed', detail: describeDifference(spec, existing.certificate) };
}

/**
 * Near its end, and a new one would live at least a day longer: at the end of an authority's own life, and
 * with a lifetime shorter than the notice, it would not, and every run would issue again.
 */
function isWorthRenewing(notAfter: Instant, newEnd: Instant, settings: CertificateSettings, now: Instant): boolean {
  return notAfter - now <= settings.renewBeforeDays * DAY && newEnd - notAfter >= DAY;
}

function expiring(id: string, notAfter: Instant): CertificateChange {
  return { id, reason: 'expiring', detail: `valid until ${new Date(notAfter).toISOString().slice(0, 10)}` };
}

function sshHostKeyChanges(plan: ClusterPlan, { sshHostKeys }: Secrets): PkiChanges['sshHostKeys'] {
  const machines = new Set(plan.nodes.map(({ machine }) => machine.name));
  return {
    minted: [...machines].filter((name) => !Object.hasOwn(sshHostKeys, name)),
    dropped: Object.keys(sshHostKeys).filter((name) => !machines.has(name)),
  };
}
