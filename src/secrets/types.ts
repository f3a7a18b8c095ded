/**
 * Everything random about a cluster, in one value: kept in `secrets.json` (0600, or encrypted with age
 * as `secrets.json.age`). With it and the inventory every output can be made again, byte for byte.
 */
export const CA_NAMES = ['kubernetes', 'etcd', 'front-proxy', 'domains'] as const;
export type CaName = (typeof CA_NAMES)[number];

export interface Secrets {
  readonly version: 1;
  /** UUID of the cluster: machines refuse a configuration that carries another one. */
  readonly clusterId: string;
  readonly authorities: Readonly<Record<CaName, Authority>>;
  readonly serviceAccount: {
    /** PKCS#8 PEM of the key that signs tokens. */
    readonly signingKey: string;
    /** SPKI PEMs of every key whose tokens are accepted, the signing key's first. */
    readonly acceptedKeys: readonly string[];
  };
  /** Keys of the API server's encryption at rest; the first encrypts, all decrypt. 32 bytes, base64. */
  readonly encryptionKeys: readonly { readonly name: string; readonly secret: string }[];
  /** Issued leaf certificates by id, such as `worker1/kubelet-client` or `cluster/admin`. */
  readonly issued: Readonly<Record<string, IssuedCertificate>>;
  /** SSH host keys (ed25519) by machine name. */
  readonly sshHostKeys: Readonly<Record<string, SshHostKey>>;
}

/** A certificate authority: the one that issues, and all whose certificates are trusted (CA rotation). */
export interface Authority {
  readonly issuing: { readonly certificate: string; readonly key: string };
  /** PEM certificates, the issuing one first. */
  readonly accepted: readonly string[];
}

export interface IssuedCertificate {
  /** PEMs: PKCS#8 key, X.509 certificate, PKCS#10 request. */
  readonly key: string;
  readonly certificate: string;
  readonly request: string;
  /** SHA-256 (hex) over what was asked for and who issued it: equal means the certificate still fits. */
  readonly profile: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

export interface SshHostKey {
  /** OpenSSH private key file. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… machine` */
  readonly publicKey: string;
}
