import type { ClusterPlan } from '../plan/types.js';
import { CA_NAMES, type CaName, type Secrets } from '../secrets/types.js';
import { readCertificate } from '../secrets/x509/read.js';
import type { Instant } from '../support/clock.js';
import { requiredCertificates } from './required.js';

/** A certificate for the eyes of people. */
export interface ListedCertificate {
  readonly id: string;
  readonly authority: CaName | 'self';
  readonly commonName: string;
  readonly organization?: string | undefined;
  /** DNS names and addresses. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly notAfter: Instant;
}

/** The authorities in use, then every certificate of the plan that has been issued. */
export function listCertificates(plan: ClusterPlan, secrets: Secrets): readonly ListedCertificate[] {
  const authorities = CA_NAMES.map((name): ListedCertificate => {
    const { notAfter, commonName } = readCertificate(secrets.authorities[name].issuing.certificate);
    return { id: `authority/${name}`, authority: 'self', commonName, names: [], notAfter };
  });
  const issued = requiredCertificates(plan).flatMap(({ id, authority, subject, dnsNames, ipAddresses }) => {
    const { notAfter } = secrets.issued[id] ?? {};
    return notAfter === undefined
      ? []
      : [{ id, authority, ...subject, names: [...dnsNames, ...ipAddresses], notAfter }];
  });
  return [...authorities, ...issued];
}
