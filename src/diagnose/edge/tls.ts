import { X509Certificate } from 'node:crypto';
import { connect, rootCertificates } from 'node:tls';
import { failureCode } from './http.js';
import type { CertificateView, TlsAnswer } from './types.js';

/** Who is trusted. PEM texts. */
export interface TrustAnchors {
  /** The domains' own authority, as `ssl/domains-ca.pem` has it. */
  readonly domains: readonly string[];
  /** Besides the authorities that Node comes with. */
  readonly more: readonly string[];
}

/** Milliseconds for a handshake. */
const PATIENCE = 5_000;
/** What says nothing about who vouches for a certificate. */
const OTHER_FAULTS = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/** The certificate that is shown at an address for a host, and who vouches for it. Never rejects. */
export async function probeTls(address: string, port: number, host: string, anchors: TrustAnchors): Promise<TlsAnswer> {
  const own = await handshake(address, port, host, anchors.domains);
  if (own.leaf === undefined) return { host, failure: own.fault };
  const certificate = viewOf(own.leaf, host);
  if (anchors.domains.length > 0 && vouches(own.fault, own.leaf, anchors.domains)) {
    return { host, certificate, trust: 'domains' };
  }
  const { fault } = await handshake(address, port, host, [...rootCertificates, ...anchors.more]);
  return vouches(fault, own.leaf, anchors.more)
    ? { host, certificate, trust: 'public' }
    : { host, certificate, failure: fault };
}

/**
 * OpenSSL names one fault, and a certificate that is expired too may be anybody's: then whoever is known to have
 * issued it counts.
 */
function vouches(fault: string | undefined, leaf: X509Certificate, authorities: readonly string[]): boolean {
  if (fault === undefined || fault === 'ERR_TLS_CERT_ALTNAME_INVALID') return true;
  return OTHER_FAULTS.has(fault) && authorities.some((pem) => issuedBy(leaf, new X509Certificate(pem)));
}

function issuedBy(leaf: X509Certificate, authority: X509Certificate): boolean {
  return leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
}

interface Handshake {
  readonly leaf?: X509Certificate | undefined;
  readonly fault?: string | undefined;
}

function handshake(address: string, port: number, host: string, ca: readonly string[]): Promise<Handshake> {
  return new Promise((resolve) => {
    const options = { host: address, port, servername: host, ca: [...ca], rejectUnauthorized: false };
    const socket = connect(options, () => {
      const { raw } = socket.getPeerCertificate();
      const fault = socket.authorized ? undefined : faultOf(socket.authorizationError);
      end(raw === undefined ? { fault: 'no certificate' } : { leaf: new X509Certificate(raw), fault });
    });
    const end = (result: Handshake) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PATIENCE, () => end({ fault: 'ETIMEDOUT' }));
    socket.on('error', (error) => end({ fault: failureCode(error) }));
  });
}

/** Node declares an Error and gives the code itself. */
function faultOf(error: Error | string | undefined): string {
  return typeof error === 'string' ? error : failureCode(error ?? new Error('not trusted'));
}

function viewOf(leaf: X509Certificate, host: string): CertificateView {
  const names = [...(leaf.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map((match) => match[1] ?? '');
  return {
    issuer: commonName(leaf.issuer),
    names,
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    fingerprint: leaf.fingerprint256,
    fits: leaf.checkHost(host, { subject: 'never' }) !== undefined,
  };
}

/** Of a name as OpenSSL prints it, a line for each part. */
function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.split('\n').join(', ');
}
