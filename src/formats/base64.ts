/**
 * Bytes in base64 (RFC 4648, padded). A class of its own, so that encoders know a text that needs neither
 * quoting nor escaping, and so that two documents can share one encoding of the same bytes.
 */
export class Base64 {
  private constructor(readonly text: string) {}

  static encode(bytes: Uint8Array): Base64 {
    return new Base64(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'));
  }
}
