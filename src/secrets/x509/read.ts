import { type Element, readElements, readTime } from './der-reader.js';
import { EXTENSION } from './extensions.js';
import { addressText, COMMON_NAME } from './names.js';
import { decodePem } from './pem.js';

/** The parts of a certificate that decisions rest on. */
export interface CertificateParts {
  readonly der: Buffer;
  /** Names, DER. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** The last common name in the subject; empty where it has none. */
  readonly commonName: string;
  readonly spki: Buffer;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Empty where the certificate has none. */
  readonly subjectKeyIdentifier: Buffer;
  readonly authorityKeyIdentifier: Buffer;
  /** Value of the extension, DER; empty where the certificate has none. */
  readonly nameConstraints: Buffer;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * Reads a PEM certificate (the first of several).
 *
 * @throws RangeError when it is no certificate.
 */
export function readCertificate(pem: string): CertificateParts {
  const der = decodePem(pem);
  const [toBeSigned] = inside(readElements(der)[0]);
  const [, , , issuer, validity, subject, spki, ...rest] = inside(toBeSigned);
  const [notBefore, notAfter] = inside(validity).map(readTime);
  if (!issuer || !subject || !spki || notBefore === undefined || notAfter === undefined) {
    throw new RangeError('this is no X.509 certificate');
  }
  const extensions = inside(inside(rest.find(({ tag }) => tag === 0xa3))[0]);
  const names = readElements(extensionValue(extensions, EXTENSION.subjectAltName)).flatMap(inside);
  return {
    der,
    issuer: issuer.raw,
    subject: subject.raw,
    commonName: commonNameOf(subject),
    spki: spki.raw,
    notBefore,
    notAfter,
    subjectKeyIdentifier: extensionValue(extensions, EXTENSION.subjectKeyIdentifier).subarray(2),
    authorityKeyIdentifier: extensionValue(extensions, EXTENSION.authorityKeyIdentifier).subarray(4),
    nameConstraints: extensionValue(extensions, EXTENSION.nameConstraints),
    dnsNames: names.filter(({ tag }) => tag === 0x82).map(({ content }) => content.toString('latin1')),
    ipAddresses: names.filter(({ tag }) => tag === 0x87).map(({ content }) => addressText(content)),
  };
}

function commonNameOf(name: Element): string {
  const attributes = inside(name).flatMap(inside).map(inside);
  return attributes.findLast(([type]) => type?.raw.equals(COMMON_NAME))?.[1]?.content.toString('utf8') ?? '';
}

function inside(element: Element | undefined): Element[] {
  return element ? readElements(element.content) : [];
}

/** The content of the OCTET STRING that closes an extension. */
function extensionValue(extensions: readonly Element[], type: Buffer): Buffer {
  for (const extension of extensions) {
    const members = inside(extension);
    if (members[0]?.raw.equals(type)) return members.at(-1)?.content ?? Buffer.alloc(0);
  }
  return Buffer.alloc(0);
}
