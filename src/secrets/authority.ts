import { DAY, type Instant } from '../support/clock.js';
import type { Authority } from './types.js';
import { selfSignCertificate } from './x509/certificate.js';
import { AUTHORITY_CONSTRAINTS, keyUsage, nameConstraints, nameConstraintsValue } from './x509/extensions.js';
import { generateKeyPair, type KeyType } from './x509/keys.js';
import { encodeSubject } from './x509/names.js';
import { readCertificate } from './x509/read.js';

/** Everything is valid from a day before it was made: machines boot with clocks that are behind. */
export const BACKDATED = DAY;

const AUTHORITY_USAGES = keyUsage(['keyCertSign', 'cRLSign']);

/** Reserved (RFC 2606), so an authority constrained to it can sign for nobody. */
const NO_DOMAIN = 'invalid';

/** What a new authority is to be. */
export interface AuthorityOptions {
  readonly commonName: string;
  readonly keyType: KeyType;
  readonly lifetimeDays: number;
  /** When given, the authority is constrained to names at and below these, and to no IP address. */
  readonly domains?: readonly string[];
}

/** Makes a self-signed authority that issues leaves only; its own certificate is the one accepted. */
export function mintAuthority(options: AuthorityOptions, now: Instant): Authority {
  const key = generateKeyPair(options.keyType);
  const constraints = options.domains ? [nameConstraints(permittedNames(options.domains))] : [];
  const certificate = selfSignCertificate(key.privateKey, {
    subject: encodeSubject({ commonName: options.commonName }),
    spki: key.spki,
    extensions: [AUTHORITY_CONSTRAINTS, AUTHORITY_USAGES, ...constraints],
    notBefore: now - BACKDATED,
    notAfter: now + options.lifetimeDays * DAY,
  });
  return { issuing: { certificate, key: key.pem }, accepted: [certificate] };
}

/** Whether an authority is constrained to exactly these domains. */
export function authorityPermits(certificate: string, domains: readonly string[]): boolean {
  return readCertificate(certificate).nameConstraints.equals(nameConstraintsValue(permittedNames(domains)));
}

function permittedNames(domains: readonly string[]): readonly string[] {
  return domains.length > 0 ? [...new Set(domains)].sort() : [NO_DOMAIN];
}

/**
 * A successor issues from now on, and what it replaces stays trusted until it expires, so that certificates
 * handed out before keep working.
 */
export function succeedAuthority(current: Authority, successor: Authority, now: Instant): Authority {
  const alive = current.accepted.filter((certificate) => readCertificate(certificate).notAfter > now);
  return { issuing: successor.issuing, accepted: [...successor.accepted, ...alive] };
}
