import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../support/clock.js';
import { type AuthorityOptions, mintAuthority } from './authority.js';
import type { CaName, Secrets } from './types.js';
import { generateKeyPair, type KeyType } from './x509/keys.js';
import { encodePem } from './x509/pem.js';

/** What a new cluster's secrets depend on. */
export interface MintOptions {
  readonly keyType: KeyType;
  readonly caLifetimeDays: number;
  readonly clusterName: string;
  /** Public domains the edges serve; see {@link mintDomainsAuthority}. */
  readonly domains: readonly string[];
}

/**
 * Makes everything random a new cluster needs, except the certificates of its machines, which are issued
 * when the plan is known.
 */
export function mintSecrets(options: MintOptions, now: Instant): Secrets {
  const mint = (name: CaName) => mintAuthority(authorityOptions(name, options), now);
  return {
    version: 1,
    clusterId: randomUUID(),
    authorities: {
      kubernetes: mint('kubernetes'),
      etcd: mint('etcd'),
      'front-proxy': mint('front-proxy'),
      domains: mintDomainsAuthority(options, now),
    },
    serviceAccount: mintServiceAccountKey(options.keyType),
    encryptionKeys: [{ name: 'key1', secret: randomBytes(32).toString('base64') }],
    issued: {},
    sshHostKeys: {},
  };
}

/**
 * Makes the authority for the public domains. It is apart from the cluster's and constrained to the domains,
 * because people import it into browsers: whoever steals it can fake these sites and nothing else.
 */
export function mintDomainsAuthority(options: MintOptions, now: Instant) {
  return mintAuthority({ ...authorityOptions('domains', options), domains: options.domains }, now);
}

function authorityOptions(name: CaName, options: MintOptions): AuthorityOptions {
  const suffix = `-${name}-ca`;
  return {
    // X.520 allows a common name 64 characters; a cluster's name alone may have 63.
    commonName: options.clusterName.slice(0, 64 - suffix.length) + suffix,
    keyType: options.keyType,
    lifetimeDays: options.caLifetimeDays,
  };
}

/** Tokens are signed with ES256 or RS256; API servers take both kinds of key. */
function mintServiceAccountKey(keyType: KeyType): Secrets['serviceAccount'] {
  const { pem, spki } = generateKeyPair(keyType === 'ec-p256' ? 'ec-p256' : 'rsa-2048');
  return { signingKey: pem, acceptedKeys: [encodePem('PUBLIC KEY', spki)] };
}
