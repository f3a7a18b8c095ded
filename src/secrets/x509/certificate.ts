import { createPrivateKey, hash, type KeyObject, randomBytes } from 'node:crypto';
import { bitString, context, objectIdentifier, sequence, setOfOne, smallInteger, validityTime } from './der.js';
import { authorityKeyIdentifier, subjectKeyIdentifier } from './extensions.js';
import { type KeyPair, keyIdentifier, serialNumber, signatureAlgorithm, signData } from './keys.js';
import { decodePem, encodePem } from './pem.js';
import { readCertificate } from './read.js';

/** Who signs, with the parts of a certificate that are the same for all it signs. */
export interface Issuer {
  /** Name, DER, octet for octet as in the issuer's certificate. */
  readonly name: Buffer;
  readonly authorityKeyIdentifier: Buffer;
  readonly key: KeyObject;
  /** SHA-256 (hex) of the issuer's certificate. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What goes into a certificate besides its issuer. */
export interface CertificateContent {
  /** Name, DER. */
  readonly subject: Buffer;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  /** DER each; the key identifiers are added. */
  readonly extensions: readonly Buffer[];
  /** Milliseconds since 1970, cut to whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const VERSION_3 = context(0, smallInteger(2));
const REQUEST_VERSION = smallInteger(0);
const EXTENSION_REQUEST = objectIdentifier('1.2.840.113549.1.9.14');

/** Prepares an authority (PEM certificate, PKCS#8 PEM key) for signing. */
export function loadIssuer(authority: { readonly certificate: string; readonly key: string }): Issuer {
  const {
    der,
    subject,
    subjectKeyIdentifier: identifier,
    notBefore,
    notAfter,
  } = readCertificate(authority.certificate);
  return {
    name: subject,
    authorityKeyIdentifier: authorityKeyIdentifier(identifier),
    key: createPrivateKey(authority.key),
    fingerprint: hash('sha256', der, 'hex'),
    notBefore,
    notAfter,
  };
}

/** SHA-256 (hex) of a PEM certificate's DER. */
export function certificateFingerprint(pem: string): string {
  return hash('sha256', decodePem(pem), 'hex');
}

/** An X.509 v3 certificate as PEM. */
export function signCertificate(issuer: Issuer, content: CertificateContent): string {
  return encodeCertificate(issuer.key, issuer.name, content, [
    subjectKeyIdentifier(keyIdentifier(content.spki)),
    issuer.authorityKeyIdentifier,
  ]);
}

/** A self-signed X.509 v3 certificate as PEM. */
export function selfSignCertificate(key: KeyObject, content: CertificateContent): string {
  const identifier = keyIdentifier(content.spki);
  return encodeCertificate(key, content.subject, content, [
    subjectKeyIdentifier(identifier),
    authorityKeyIdentifier(identifier),
  ]);
}

function encodeCertificate(
  key: KeyObject,
  issuerName: Buffer,
  content: CertificateContent,
  identifiers: readonly Buffer[],
): string {
  const algorithm = signatureAlgorithm(key);
  const toBeSigned = sequence(
    VERSION_3,
    serialNumber(randomBytes(16)),
    algorithm,
    issuerName,
    sequence(validityTime(content.notBefore), validityTime(content.notAfter)),
    content.subject,
    content.spki,
    context(3, sequence(...content.extensions, ...identifiers)),
  );
  return encodePem('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(signData(key, toBeSigned))));
}

/** A PKCS#10 certificate request (RFC 2986) as PEM, the wanted extensions in its extensionRequest attribute. */
export function signRequest(key: KeyPair, subject: Buffer, extensions: readonly Buffer[]): string {
  const attribute = sequence(EXTENSION_REQUEST, setOfOne(sequence(...extensions)));
  const toBeSigned = sequence(REQUEST_VERSION, subject, key.spki, context(0, attribute));
  const request = sequence(
    toBeSigned,
    signatureAlgorithm(key.privateKey),
    bitString(signData(key.privateKey, toBeSigned)),
  );
  return encodePem('CERTIFICATE REQUEST', request);
}
