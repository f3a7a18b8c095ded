import { DAY, type Instant } from '../../../support/clock.js';
import { fail, pass, warn } from '../../checks/results.js';
import type { CheckResult } from '../../checks/types.js';
import type { CertificateView, TlsAnswer } from '../types.js';

/** Days left below which a certificate is worth a word: those of ACME are renewed with 30 left. */
const SOON = 21;

/** Chain, names and days of the certificates shown for a domain and for a host below it, each thing said once. */
export function judgeTls(answers: readonly TlsAnswer[], now: Instant): CheckResult[] {
  const results = answers.flatMap((answer) => judgeCertificate(answer, now));
  const seen = new Set<string>();
  return results.filter(({ code, message }) => {
    const key = JSON.stringify([code, message]);
    return seen.has(key) ? false : seen.add(key);
  });
}

function judgeCertificate({ host, certificate, trust, failure }: TlsAnswer, now: Instant): CheckResult[] {
  if (certificate === undefined) return [noHandshake(host, failure ?? 'unknown')];
  const renewal = trust === 'public' ? ELSEWHERE : OURS;
  const faults = [
    ...judgeTime(certificate, now, renewal),
    ...(certificate.fits ? [] : [wrongName(host, certificate)]),
    ...(trust === undefined && failure !== 'CERT_HAS_EXPIRED' && failure !== 'CERT_NOT_YET_VALID'
      ? [untrusted(certificate, failure ?? 'unknown')]
      : []),
  ];
  if (faults.some(({ verdict }) => verdict === 'fail')) return faults;
  const by = trust === 'domains' ? 'the domains’ own authority, ssl/domains-ca.pem' : certificate.issuer;
  const days = `${daysLeft(certificate, now)} days left`;
  return [pass('certificate', `the certificate for ${shortly(certificate.names)} is by ${by}; ${days}`), ...faults];
}

const OURS = '`ironkeel build` issues it anew; then bring the edges their new drives';
const ELSEWHERE = 'look why it was not renewed: kubectl get certificates --all-namespaces';

function judgeTime(certificate: CertificateView, now: Instant, renewal: string): CheckResult[] {
  const { notBefore, notAfter } = certificate;
  if (now > notAfter) return [fail('certificate-expired', `the certificate expired on ${day(notAfter)}`, renewal)];
  if (now < notBefore) {
    const message = `the certificate is not valid before ${new Date(notBefore).toISOString()}`;
    return [fail('certificate-early', message, 'set the clock of this computer, or of the one that issued it')];
  }
  const left = daysLeft(certificate, now);
  return left < SOON ? [warn('certificate-expires', `the certificate expires in ${left} days`, renewal)] : [];
}

function wrongName(host: string, { names }: CertificateView): CheckResult {
  const listed = names.length > 0 ? shortly(names) : 'no name at all';
  const message = `the certificate is for ${listed}, and not for ${generic(host)}`;
  return fail(
    'certificate-name',
    message,
    'list the domain in cluster.yaml and build again, or mend the Secret that an Ingress names',
  );
}

/** Some certificates hold a hundred names. */
function shortly(names: readonly string[]): string {
  const more = names.length > 4 ? [`${names.length - 3} more`] : [];
  return [...names.slice(0, more.length > 0 ? 3 : 4), ...more].join(', ');
}

/** The label that was made up says nothing to anybody. */
function generic(host: string): string {
  return host.replace(/^ironkeel-check-[0-9a-f]+/, '*');
}

function untrusted({ issuer }: CertificateView, code: string): CheckResult {
  const message = `the certificate is by ${issuer}, whom nobody vouches for (${code})`;
  const remedy =
    'if that authority is yours, name its certificate with --ca FILE; else bring the edge its newest drive, so that it serves a certificate of ssl/domains-ca.pem';
  return fail('certificate-untrusted', message, remedy);
}

function noHandshake(host: string, failure: string): CheckResult {
  const message = `there is no TLS for ${generic(host)} (${failure})`;
  const remedy = 'give the ingress controller a certificate for it: list the domain in cluster.yaml and build again';
  return fail('tls-failed', message, remedy);
}

function daysLeft({ notAfter }: CertificateView, now: Instant): number {
  return Math.floor((notAfter - now) / DAY);
}

function day(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}
