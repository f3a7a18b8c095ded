import { createECDH, createPrivateKey, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  context,
  NULL,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  unsignedInteger,
} from './der.js';
import { readElements } from './der-reader.js';
import { encodePem } from './pem.js';

/** Kinds of keys for authorities and certificates. */
export type KeyType = 'ec-p256' | 'rsa-2048' | 'rsa-4096';

/** A fresh key pair with the encodings a certificate needs. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** PKCS#8 PEM. */
  readonly pem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
}

const EC_ALGORITHM = sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier('1.2.840.10045.3.1.7'));
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const SHA256_WITH_RSA = sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL);
const VERSION_0 = smallInteger(0);
const VERSION_1 = smallInteger(1);

/** Makes a key pair. EC P-256 takes 0.2 ms, RSA-2048 about 200 ms. */
export function generateKeyPair(keyType: KeyType): KeyPair {
  return keyType === 'ec-p256' ? generateEcKeyPair() : generateRsaKeyPair(keyType === 'rsa-2048' ? 2048 : 4096);
}

/**
 * Exporting PKCS#8 and SPKI through OpenSSL 3 costs more than making the key and signing with it together; for one
 * curve the two encodings are a fixed frame around its numbers. Nothing is exported from a key object: Node 20
 * deadlocks now and then when the garbage collector runs during an export as JWK.
 */
function generateEcKeyPair(): KeyPair {
  const ecdh = createECDH('prime256v1');
  const numbers = ecdh.generateKeys();
  const secret = ecdh.getPrivateKey();
  const d = Buffer.concat([Buffer.alloc(32 - secret.length), secret]);
  const point = bitString(numbers);
  const ecPrivateKey = sequence(VERSION_1, octetString(d), context(1, point));
  const pkcs8 = sequence(VERSION_0, EC_ALGORITHM, octetString(ecPrivateKey));
  const text = (number: Buffer) => number.toString('base64url');
  const key = { kty: 'EC', crv: 'P-256', d: text(d), x: text(numbers.subarray(1, 33)), y: text(numbers.subarray(33)) };
  const privateKey = createPrivateKey({ format: 'jwk', key });
  return { privateKey, pem: encodePem('PRIVATE KEY', pkcs8), spki: sequence(EC_ALGORITHM, point) };
}

function generateRsaKeyPair(modulusLength: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    privateKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

/** AlgorithmIdentifier (DER) of the signatures {@link signData} makes with this key. */
export function signatureAlgorithm(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'ec' ? ECDSA_WITH_SHA256 : SHA256_WITH_RSA;
}

/** Signature over SHA-256 of the data; ECDSA as the DER sequence that X.509 holds. */
export function signData(key: KeyObject, data: Uint8Array): Buffer {
  return sign('sha256', data, { key, dsaEncoding: 'der' });
}

/** Key identifier of a public key (SPKI): the first 160 bits of SHA-256 over its bits (RFC 7093, method 1). */
export function keyIdentifier(spki: Buffer): Buffer {
  const [outer] = readElements(spki);
  const [, bits] = readElements(outer?.content ?? Buffer.alloc(0));
  // The first octet of a bit string counts its unused bits.
  return hash('sha256', bits?.content.subarray(1) ?? spki, 'buffer').subarray(0, 20);
}

/** A random positive serial number of 126 bits, 16 octets (RFC 5280, 4.1.2.2 allows 20). */
export function serialNumber(random: Uint8Array): Buffer {
  const digits = Buffer.from(random.subarray(0, 16));
  digits[0] = ((digits[0] ?? 0) & 0x3f) | 0x40;
  return unsignedInteger(digits);
}
