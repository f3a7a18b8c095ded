import type { CaName } from '../secrets/types.js';
import type { ExtendedUsage, KeyUsage } from '../secrets/x509/extensions.js';
import type { KeyType } from '../secrets/x509/keys.js';
import type { Subject } from '../secrets/x509/names.js';

/** A certificate that the plan demands. */
export interface CertificateSpec {
  /** `MACHINE/PURPOSE`, `cluster/PURPOSE` or `cluster/domain/NAME`. */
  readonly id: string;
  readonly authority: CaName;
  readonly subject: Subject;
  /** Without duplicates, in a fixed order. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly usages: readonly ExtendedUsage[];
  readonly keyUsages: readonly KeyUsage[];
  readonly keyType: KeyType;
  readonly lifetimeDays: number;
  /** Base name of its files in a folder `ssl/`: `worker` gives `worker.pem`, `worker-key.pem`, `worker.csr`. */
  readonly fileName: string;
}

/** Why a certificate is issued: not there yet, something in it differs, too little life left, another authority. */
export type ChangeReason = 'new' | 'changed' | 'expiring' | 'issuer';

/** A certificate that is, or is about to be, issued. */
export interface CertificateChange {
  /** Of the certificate, or `authority/domains`. */
  readonly id: string;
  readonly reason: ChangeReason;
  /** For people: `+ DNS k8s.example.com, - IP 10.0.0.9`. */
  readonly detail: string;
}

/** Everything that differs between the secrets and what the plan demands. */
export interface PkiChanges {
  readonly changes: readonly CertificateChange[];
  /** Ids of certificates nobody needs any more. */
  readonly dropped: readonly string[];
  /** Machines whose SSH host key is new, and those whose key goes. */
  readonly sshHostKeys: { readonly minted: readonly string[]; readonly dropped: readonly string[] };
}
