import {
  context,
  contextPrimitive,
  element,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  TRUE,
} from './der.js';
import { dnsGeneralName, encodeGeneralNames } from './names.js';

/** Bits of the key usage extension (RFC 5280, 4.2.1.3) that we use. */
const KEY_USAGE_BITS = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;
export type KeyUsage = keyof typeof KEY_USAGE_BITS;

const EXTENDED_USAGES = {
  serverAuth: objectIdentifier('1.3.6.1.5.5.7.3.1'),
  clientAuth: objectIdentifier('1.3.6.1.5.5.7.3.2'),
} as const;
export type ExtendedUsage = keyof typeof EXTENDED_USAGES;

/** Object identifiers (DER) of the extensions. */
export const EXTENSION = {
  subjectKeyIdentifier: objectIdentifier('2.5.29.14'),
  keyUsage: objectIdentifier('2.5.29.15'),
  subjectAltName: objectIdentifier('2.5.29.17'),
  basicConstraints: objectIdentifier('2.5.29.19'),
  nameConstraints: objectIdentifier('2.5.29.30'),
  authorityKeyIdentifier: objectIdentifier('2.5.29.35'),
  extendedKeyUsage: objectIdentifier('2.5.29.37'),
} as const;

function extension(type: Buffer, value: Uint8Array, critical = false): Buffer {
  return critical ? sequence(type, TRUE, octetString(value)) : sequence(type, octetString(value));
}

/** Not an authority, said critically. */
export const LEAF_CONSTRAINTS = extension(EXTENSION.basicConstraints, sequence(), true);

/** An authority that issues leaves alone: no authority below it. */
export const AUTHORITY_CONSTRAINTS = extension(EXTENSION.basicConstraints, sequence(TRUE, smallInteger(0)), true);

/** Key usage, critical. */
export function keyUsage(usages: readonly KeyUsage[]): Buffer {
  return extension(EXTENSION.keyUsage, namedBits(usages.map((usage) => KEY_USAGE_BITS[usage])), true);
}

/** Extended key usage. */
export function extendedKeyUsage(usages: readonly ExtendedUsage[]): Buffer {
  return extension(EXTENSION.extendedKeyUsage, sequence(...usages.map((usage) => EXTENDED_USAGES[usage])));
}

/** Subject alternative names; at least one has to be given (RFC 5280, 4.2.1.6). */
export function subjectAltName(dnsNames: readonly string[], ipAddresses: readonly string[]): Buffer {
  return extension(EXTENSION.subjectAltName, encodeGeneralNames(dnsNames, ipAddresses));
}

/** Subject key identifier. */
export function subjectKeyIdentifier(identifier: Uint8Array): Buffer {
  return extension(EXTENSION.subjectKeyIdentifier, octetString(identifier));
}

/** Authority key identifier, the key's identifier alone. */
export function authorityKeyIdentifier(identifier: Uint8Array): Buffer {
  return extension(EXTENSION.authorityKeyIdentifier, sequence(contextPrimitive(0, identifier)));
}

/** Name constraints, critical; see {@link nameConstraintsValue}. */
export function nameConstraints(domains: readonly string[]): Buffer {
  return extension(EXTENSION.nameConstraints, nameConstraintsValue(domains), true);
}

/**
 * What an authority for these domains may sign: names at and below them, and no IP address. A permitted
 * subtree limits only names of its own kind (RFC 5280, 4.2.1.10), hence the excluded addresses.
 */
export function nameConstraintsValue(domains: readonly string[]): Buffer {
  const permitted = domains.map((domain) => sequence(dnsGeneralName(domain)));
  const anyAddress = [8, 32].map((octets) => sequence(element(0x87, Buffer.alloc(octets))));
  return sequence(context(0, ...permitted), context(1, ...anyAddress));
}
