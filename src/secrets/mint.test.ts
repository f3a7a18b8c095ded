import 'reflect-metadata';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as Parsed,
} from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { DAY } from '../support/clock.js';
import { authorityPermits, mintAuthority, succeedAuthority } from './authority.js';
import { mintSecrets } from './mint.js';
import { mintSshHostKey } from './ssh-host-key.js';
import { CA_NAMES } from './types.js';

const NOW = Date.parse('2026-11-15T12:00:00Z');
const OPTIONS = { keyType: 'ec-p256', caLifetimeDays: 3650, clusterName: 'guide', domains: ['example.com'] } as const;
const secrets = mintSecrets(OPTIONS, NOW);

describe.each(CA_NAMES)('the %s authority', (name) => {
  const authority = secrets.authorities[name];
  const certificate = new X509Certificate(authority.issuing.certificate);
  const parsed = new Parsed(authority.issuing.certificate);

  it('is self-signed, named after the cluster, and accepted', () => {
    expect(certificate.subject).toBe(`CN=guide-${name}-ca`);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(authority.issuing.key))).toBe(true);
    expect(authority.accepted).toEqual([authority.issuing.certificate]);
  });

  it('may sign certificates and lists, and have no authority below it, all critical', () => {
    const constraints = parsed.getExtension(BasicConstraintsExtension);
    const usages = parsed.getExtension(KeyUsagesExtension);
    expect([constraints?.ca, constraints?.pathLength, constraints?.critical]).toEqual([true, 0, true]);
    expect([usages?.usages, usages?.critical]).toEqual([KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true]);
  });

  it('is valid from a day before until its lifetime ends', () => {
    expect(Date.parse(certificate.validFrom)).toBe(NOW - DAY);
    expect(Date.parse(certificate.validTo)).toBe(NOW + 3650 * DAY);
  });
});

describe('the secrets of a new cluster', () => {
  it('share no key', () => {
    const keys = CA_NAMES.map((name) => secrets.authorities[name].issuing.key);
    expect(new Set([...keys, secrets.serviceAccount.signingKey]).size).toBe(5);
  });

  it('accept the key that signs tokens', () => {
    const [accepted] = secrets.serviceAccount.acceptedKeys;
    const derived = createPublicKey(secrets.serviceAccount.signingKey).export({ type: 'spki', format: 'pem' });
    expect(accepted).toBe(derived);
  });

  it('hold one encryption key of 32 bytes and a UUID', () => {
    expect(secrets.encryptionKeys.map(({ secret }) => Buffer.from(secret, 'base64').length)).toEqual([32]);
    expect(secrets.clusterId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('differ from those of the next', () => {
    const other = mintSecrets(OPTIONS, NOW);
    expect(other.clusterId).not.toBe(secrets.clusterId);
    expect(other.encryptionKeys).not.toEqual(secrets.encryptionKeys);
  });

  it('have RSA keys where RSA is asked for', () => {
    const rsa = mintSecrets({ ...OPTIONS, keyType: 'rsa-2048' }, NOW);
    const bits = (pem: string) => createPrivateKey(pem).asymmetricKeyDetails?.modulusLength;
    expect(bits(rsa.authorities.etcd.issuing.key)).toBe(2048);
    expect(bits(rsa.serviceAccount.signingKey)).toBe(2048);
    const certificate = new X509Certificate(rsa.authorities.etcd.issuing.certificate);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('keep a common name within 64 characters for the longest cluster name', () => {
    const long = mintSecrets({ ...OPTIONS, clusterName: 'x'.repeat(63) }, NOW);
    const { subject } = new X509Certificate(long.authorities['front-proxy'].issuing.certificate);
    expect(subject).toMatch(/^CN=x+-front-proxy-ca$/);
    expect(subject.length).toBe(64 + 3);
  });
});

describe('the constraints of the domains authority', () => {
  const permits = (issued: readonly string[], asked: readonly string[]) => {
    const domains = mintSecrets({ ...OPTIONS, domains: issued }, NOW).authorities.domains;
    return authorityPermits(domains.issuing.certificate, asked);
  };

  it('are the domains, in any order', () => {
    expect(permits(['b.org', 'a.org'], ['a.org', 'b.org'])).toBe(true);
    expect(permits(['a.org'], ['a.org', 'b.org'])).toBe(false);
    expect(permits(['a.org', 'b.org'], ['a.org'])).toBe(false);
  });

  it('permit nobody when there are no domains', () => {
    expect(permits([], [])).toBe(true);
    expect(permits([], ['a.org'])).toBe(false);
  });

  it('are not on the other authorities', () => {
    expect(authorityPermits(secrets.authorities.kubernetes.issuing.certificate, ['example.com'])).toBe(false);
    expect(authorityPermits(secrets.authorities.kubernetes.issuing.certificate, [])).toBe(false);
  });
});

describe('succession', () => {
  const mint = (lifetimeDays: number) => mintAuthority({ commonName: 'ca', keyType: 'ec-p256', lifetimeDays }, NOW);

  it('issues with the new key and still accepts the old', () => {
    const [old, next] = [mint(10), mint(20)];
    const both = succeedAuthority(old, next, NOW);
    expect(both.issuing).toBe(next.issuing);
    expect(both.accepted).toEqual([next.issuing.certificate, old.issuing.certificate]);
  });

  it('forgets what has expired', () => {
    expect(succeedAuthority(mint(10), mint(20), NOW + 11 * DAY).accepted).toHaveLength(1);
  });
});

describe('SSH host keys', () => {
  it('have the same public key in both halves', () => {
    const { privateKey, publicKey } = mintSshHostKey('worker1');
    const [type, blob = '', comment] = publicKey.split(' ');
    const body = Buffer.from(privateKey.split('\n').slice(1, -2).join(''), 'base64');
    expect([type, comment]).toEqual(['ssh-ed25519', 'worker1']);
    expect(body.includes(Buffer.from(blob, 'base64'))).toBe(true);
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n[\s\S]+-----END OPENSSH PRIVATE KEY-----\n$/);
  });
});
