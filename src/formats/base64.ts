import { oncePerObject } from '../support/memo.js';

/**
 * Bytes in base64 (RFC 4648, padded). A class of its own, so that encoders know a text that needs neither
 * quoting nor escaping, and so that two documents can share one encoding of the same bytes.
 */
export class Base64 {
  // Programs that every machine carries are encoded once.
  static readonly #encoded = oncePerObject(
    (bytes: Uint8Array) => new Base64(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')),
  );

  private constructor(readonly text: string) {}

  /** The bytes must not change afterwards: their encoding is kept as long as they are. */
  static encode(bytes: Uint8Array): Base64 {
    return Base64.#encoded(bytes);
  }
}
