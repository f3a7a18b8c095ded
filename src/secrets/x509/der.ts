/**
 * DER (ITU-T X.690), as much of it as X.509 certificates and PKCS#10 requests need. Every function returns
 * one complete element: tag, length, content. Why it is our own: docs/decisions/0012-der-encoder.md.
 */

/** One element with this tag around the concatenated parts. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = headerOf(tag, length);
  const out = Buffer.allocUnsafe(header.length + length);
  out.set(header, 0);
  let offset = header.length;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

function headerOf(tag: number, length: number): number[] {
  if (length < 0x80) return [tag, length];
  if (length < 0x100) return [tag, 0x81, length];
  if (length < 0x10000) return [tag, 0x82, length >> 8, length & 0xff];
  throw new RangeError('a DER element of 64 KiB or more');
}

/** SEQUENCE and SEQUENCE OF. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, ...parts);
}

/** SET with a single member; more would have to be sorted. */
export function setOfOne(member: Uint8Array): Buffer {
  return element(0x31, member);
}

/** Constructed context-specific element: EXPLICIT tags, and IMPLICIT ones of constructed types. */
export function context(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 | number, ...parts);
}

/** Primitive context-specific element: IMPLICIT tags of primitive types. */
export function contextPrimitive(number: number, content: Uint8Array): Buffer {
  return element(0x80 | number, content);
}

/** INTEGER from a positive magnitude, big-endian. */
export function unsignedInteger(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const digits = magnitude.subarray(start);
  const signed = (digits[0] ?? 0) >= 0x80 ? [Uint8Array.of(0), digits] : [digits];
  return element(0x02, ...signed);
}

/** INTEGER from 0 to 127. */
export function smallInteger(value: number): Buffer {
  return element(0x02, Uint8Array.of(value));
}

/** BOOLEAN TRUE; DER leaves out members that are false by default. */
export const TRUE = element(0x01, Uint8Array.of(0xff));

/** NULL */
export const NULL = element(0x05);

/** OCTET STRING */
export function octetString(...parts: readonly Uint8Array[]): Buffer {
  return element(0x04, ...parts);
}

/** BIT STRING of whole octets. */
export function bitString(content: Uint8Array): Buffer {
  return element(0x03, Uint8Array.of(0), content);
}

/** BIT STRING of named bits (X.690 11.2.2: no trailing zero bits); `bits` counts from 0, at most 7. */
export function namedBits(bits: readonly number[]): Buffer {
  const octet = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return element(0x03, Uint8Array.of(7 - Math.max(...bits), octet));
}

/** UTF8String */
export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** OBJECT IDENTIFIER from dotted decimal. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** Time of a validity, whole seconds: UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function validityTime(instant: number): Buffer {
  const digits = new Date(instant).toISOString().replace(/\.\d+|\D/g, '');
  return digits < '2050' ? element(0x17, Buffer.from(`${digits.slice(2)}Z`)) : element(0x18, Buffer.from(`${digits}Z`));
}
