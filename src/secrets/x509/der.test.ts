import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  context,
  element,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
  validityTime,
} from './der.js';
import { readElements, readTime } from './der-reader.js';
import { generateKeyPair, keyIdentifier, serialNumber } from './keys.js';
import { addressOctets, addressText } from './names.js';
import { decodePem, encodePem } from './pem.js';
import { readCertificate } from './read.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('DER encoding', () => {
  it.each([
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
  ])('writes the length %i in as few octets as possible', (length, header) => {
    expect(hex(octetString(Buffer.alloc(length))).slice(0, header.length)).toBe(header);
  });

  it('refuses 64 KiB', () => {
    expect(() => octetString(Buffer.alloc(65_536))).toThrow(RangeError);
  });

  it.each([
    ['00', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['0000ff', '020200ff'],
    ['0001', '020101'],
  ])('writes the magnitude %s as a positive, minimal INTEGER', (magnitude, encoded) => {
    expect(hex(unsignedInteger(Buffer.from(magnitude, 'hex')))).toBe(encoded);
  });

  it.each([
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
    ['2.5.29.17', '0603551d11'],
    ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
  ])('writes the object identifier %s', (dotted, encoded) => {
    expect(hex(objectIdentifier(dotted))).toBe(encoded);
  });

  it('writes named bits without trailing zeros', () => {
    expect(hex(namedBits([0]))).toBe('03020780');
    expect(hex(namedBits([5, 6]))).toBe('03020106');
    expect(hex(namedBits([0, 2]))).toBe('030205a0');
  });

  it.each([
    ['2026-11-15T12:00:00.900Z', 0x17, '261115120000Z'],
    ['2049-12-31T23:59:59Z', 0x17, '491231235959Z'],
    ['2050-01-01T00:00:00Z', 0x18, '20500101000000Z'],
  ])('writes %s with the type RFC 5280 asks for and reads it back', (text, tag, content) => {
    const [time] = readElements(validityTime(Date.parse(text)));
    expect(time?.tag).toBe(tag);
    expect(time?.content.toString()).toBe(content);
    expect(time && readTime(time)).toBe(Math.floor(Date.parse(text) / 1000) * 1000);
  });

  it('gives back what was put in', () => {
    const part = fc.record({ tag: fc.constantFrom(0x04, 0x0c, 0x82), content: fc.uint8Array({ maxLength: 400 }) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const [outer] = readElements(sequence(context(3, ...parts.map(({ tag, content }) => element(tag, content)))));
        const [inner] = readElements(outer?.content ?? Buffer.alloc(0));
        const read = readElements(inner?.content ?? Buffer.alloc(0));
        expect(read.map(({ tag, content }) => [tag, hex(content)])).toEqual(
          parts.map(({ tag, content }) => [tag, hex(content)]),
        );
      }),
    );
  });

  it('refuses an element that is cut off', () => {
    expect(() => readElements(Buffer.from('300501', 'hex'))).toThrow(RangeError);
  });
});

describe('addresses', () => {
  it.each([
    ['10.3.0.1', '0a030001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['fd00:1::', 'fd000001000000000000000000000000'],
    ['2001:db8::a:b', '20010db80000000000000000000a000b'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('writes %s', (address, octets) => {
    expect(hex(addressOctets(address))).toBe(octets);
  });

  it.each(['example.com', 'fe80::1%eth0', '010.1.2.3', ''])('refuses "%s"', (text) => {
    expect(() => addressOctets(text)).toThrow(RangeError);
  });

  it('reads IPv6 back from any of its spellings', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const octets = addressOctets(address);
        expect(octets).toHaveLength(16);
        expect(hex(addressOctets(addressText(octets)))).toBe(hex(octets));
      }),
    );
  });
});

describe('PEM', () => {
  it('breaks lines at 64 characters and reads them back', () => {
    const der = Buffer.alloc(100, 7);
    const pem = encodePem('CERTIFICATE', der);
    expect(pem.split('\n').map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0]);
    expect(decodePem(pem).equals(der)).toBe(true);
  });

  it('leaves out an empty last line', () => {
    expect(encodePem('X', Buffer.alloc(48))).not.toContain('\n\n');
  });
});

describe('keys', () => {
  it('frames EC keys exactly as OpenSSL does', () => {
    for (let round = 0; round < 20; round += 1) {
      const { privateKey, pem, spki } = generateKeyPair('ec-p256');
      expect(pem).toBe(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      expect(spki.length).toBe(91);
    }
  });

  it('identifies a key by its bits alone, whatever its type', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' });
    expect(keyIdentifier(rsa)).toHaveLength(20);
    expect(keyIdentifier(rsa).equals(keyIdentifier(generateKeyPair('ec-p256').spki))).toBe(false);
  });

  it('makes serial numbers of 16 octets, positive and minimal', () => {
    expect(hex(serialNumber(Buffer.alloc(16, 0xff)))).toBe(`02107f${'ff'.repeat(15)}`);
    expect(hex(serialNumber(Buffer.alloc(16)))).toBe(`021040${'00'.repeat(15)}`);
  });
});

describe('reading certificates', () => {
  it('refuses what is none', () => {
    expect(() => readCertificate(encodePem('CERTIFICATE', sequence()))).toThrow(RangeError);
    expect(() => readCertificate('')).toThrow(RangeError);
  });
});
