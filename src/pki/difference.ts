import { X509Certificate } from 'node:crypto';
import { BACKDATED } from '../secrets/authority.js';
import { encodeSubject } from '../secrets/x509/names.js';
import { type CertificateParts, readCertificate } from '../secrets/x509/read.js';
import { DAY } from '../support/clock.js';
import type { CertificateSpec } from './types.js';

/**
 * What differs between an issued certificate (PEM) and what it is to be, for people:
 * `+ DNS k8s.example.com, - IP 10.0.0.9`.
 */
export function describeDifference(spec: CertificateSpec, certificate: string): string {
  const parts = readCertificate(certificate);
  const differences = [
    ...namesDifference('DNS', parts.dnsNames, spec.dnsNames),
    ...namesDifference('IP', parts.ipAddresses, spec.ipAddresses),
    ...subjectDifference(spec, parts),
    ...keyDifference(spec, certificate),
    ...lifetimeDifference(spec, parts),
  ];
  return differences.length > 0 ? differences.join(', ') : 'usages';
}

function namesDifference(kind: string, issued: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...wanted.filter((name) => !issued.includes(name)).map((name) => `+ ${kind} ${name}`),
    ...issued.filter((name) => !wanted.includes(name)).map((name) => `- ${kind} ${name}`),
  ];
}

function subjectDifference({ subject }: CertificateSpec, parts: CertificateParts): string[] {
  return encodeSubject(subject).equals(parts.subject) ? [] : [`subject ${subject.commonName}`];
}

function keyDifference({ keyType }: CertificateSpec, certificate: string): string[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(certificate).publicKey;
  const issued = asymmetricKeyType === 'ec' ? 'ec-p256' : `rsa-${asymmetricKeyDetails?.modulusLength}`;
  return issued === keyType ? [] : [`key type ${issued} to ${keyType}`];
}

function lifetimeDifference({ lifetimeDays }: CertificateSpec, { notBefore, notAfter }: CertificateParts): string[] {
  const days = Math.round((notAfter - notBefore - BACKDATED) / DAY);
  return days === lifetimeDays ? [] : [`lifetime ${days} to ${lifetimeDays} days`];
}
