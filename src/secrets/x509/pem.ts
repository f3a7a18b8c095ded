/** RFC 7468 text, lines of 64 characters, a line feed at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString('base64');
  const lines = [`-----BEGIN ${label}-----`];
  for (let offset = 0; offset < base64.length; offset += 64) lines.push(base64.slice(offset, offset + 64));
  lines.push(`-----END ${label}-----`, '');
  return lines.join('\n');
}

/** The DER of the first block of a PEM text. */
export function decodePem(pem: string): Buffer {
  const [, base64 = ''] = /-----BEGIN [^-]+-----([^-]*)-----END/.exec(pem) ?? [];
  return Buffer.from(base64, 'base64');
}
