import type { IssuedCertificate, Secrets } from '../secrets/types.js';
import { type FileTree, textFile } from '../support/files.js';

/**
 * A certificate that has been issued.
 *
 * @throws Error when it has not: `issueCertificates` was not run for this plan, a bug.
 */
export function issuedCertificate(secrets: Secrets, id: string): IssuedCertificate {
  const issued = secrets.issued[id];
  if (!issued) throw new Error(`certificate ${id} has not been issued`);
  return issued;
}

/** Every accepted certificate of an authority as one PEM bundle, the issuing one first. */
export function trustBundle(secrets: Secrets, authority: keyof Secrets['authorities']): string {
  return secrets.authorities[authority].accepted.join('');
}

/** `BASE.pem`, `BASE-key.pem` (0600) and `BASE.csr`, as the guide's openssl commands left them. */
export function certificateFiles(base: string, { certificate, key, request }: IssuedCertificate): FileTree {
  return [
    textFile(`${base}.pem`, certificate),
    textFile(`${base}-key.pem`, key, 0o600),
    textFile(`${base}.csr`, request),
  ];
}
