import { hash } from 'node:crypto';
import type { CertificateSpec } from './types.js';

/**
 * SHA-256 (hex) over what a certificate is to be and who is to issue it (the authority's fingerprint): while
 * it is the same, an issued certificate still fits. Where files go is not part of it.
 */
export function certificateProfile(spec: CertificateSpec, issuerFingerprint: string): string {
  const { subject, dnsNames, ipAddresses, usages, keyUsages, keyType, lifetimeDays } = spec;
  const identity = [subject.commonName, subject.organization ?? null, dnsNames, ipAddresses];
  return hash(
    'sha256',
    JSON.stringify([...identity, usages, keyUsages, keyType, lifetimeDays, issuerFingerprint]),
    'hex',
  );
}
