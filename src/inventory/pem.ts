import { createPrivateKey, X509Certificate } from 'node:crypto';

/** One block of a PEM file (RFC 7468), armour included. */
export interface PemBlock {
  /** `CERTIFICATE`, `EC PRIVATE KEY`, … */
  readonly label: string;
  readonly text: string;
}

/** What the three files of a TLS client hold once they are found good. */
export type PemKind = 'ca' | 'certificate' | 'key';

/** The blocks of a PEM file in their order; whatever stands between them is left out. */
export function readPem(content: Uint8Array): PemBlock[] {
  const text = Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n');
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\n[\s\S]*?-----END \1-----/g)].map(([block, label = '']) => ({
    label,
    text: `${block}\n`,
  }));
}

/** The blocks that belong into a file of this kind, as one text. */
export function pemText(blocks: readonly PemBlock[], kind: PemKind): string {
  return blocks
    .filter(({ label }) => (kind === 'key' ? isKey(label) : label === 'CERTIFICATE'))
    .map(({ text }) => text)
    .join('');
}

/** What is wrong with the blocks of a file, as the end of "FILE …", with what to do; undefined when nothing is. */
export function findPemFault(
  blocks: readonly PemBlock[],
  kind: PemKind,
): { readonly message: string; readonly remedy: string } | undefined {
  return kind === 'key' ? findKeyFault(blocks) : findCertificateFault(blocks, kind);
}

/** Whether the private key is the certificate's; both have been found good. */
export function isKeyOf(key: string, certificate: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

function isKey(label: string): boolean {
  return label.endsWith('PRIVATE KEY');
}

function findCertificateFault(blocks: readonly PemBlock[], kind: 'ca' | 'certificate') {
  const wanted = kind === 'ca' ? 'the authority’s certificate' : 'the client’s certificate';
  if (blocks.some(({ label }) => isKey(label)))
    return { message: 'holds a private key; only certificates belong here', remedy: `name the file with ${wanted}` };
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0)
    return { message: 'holds no certificate in PEM', remedy: `name the file with ${wanted}` };
  const read = certificates.map(({ text }) => readCertificate(text));
  if (read.includes(undefined))
    return { message: 'holds a certificate that cannot be read', remedy: 'copy the file again' };
  if (kind === 'ca' && read.some((certificate) => certificate?.ca === false))
    return { message: 'holds a certificate that is no authority’s', remedy: `name the file with ${wanted}` };
  return undefined;
}

function readCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** The library's own words are left out: they could quote what is in the file. */
function findKeyFault(blocks: readonly PemBlock[]) {
  const keys = blocks.filter(({ label }) => isKey(label));
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    const message = key === undefined ? 'holds no private key in PEM' : 'holds several private keys';
    return { message, remedy: 'name the file with the key of the client’s certificate' };
  }
  if (key.label.startsWith('ENCRYPTED') || key.text.includes('Proc-Type: 4,ENCRYPTED')) {
    const remedy = 'store it without: openssl pkey -in OLD -out NEW';
    return { message: 'is encrypted, and nobody is there to type its passphrase', remedy };
  }
  try {
    createPrivateKey(key.text);
    return undefined;
  } catch {
    return { message: 'holds a private key that cannot be read', remedy: 'copy the file again' };
  }
}
