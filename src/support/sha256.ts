import { hash } from 'node:crypto';

/** SHA-256 in lower-case hexadecimal; a text is taken as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
