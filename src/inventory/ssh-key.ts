/** Key types OpenSSH takes today; `ssh-dss` is gone since OpenSSH 10. */
const TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

export interface SshKeyFault {
  readonly message: string;
  readonly remedy: string;
}

const NEW_KEY = 'make a new one: ssh-keygen -t ed25519 -f id';

/**
 * What is wrong with a line of an OpenSSH public key file (`type base64 comment`), or undefined. The
 * binary part is walked as RFC 4253 section 6.6, RFC 5656 and RFC 8709 lay it out.
 */
export function findSshKeyFault(line: string): SshKeyFault | undefined {
  if (/\p{Cc}/u.test(line)) {
    return { message: 'a public key is one line without control characters', remedy: 'copy the line of id.pub again' };
  }
  const [type = '', encoded = ''] = line.split(/ +/);
  if (!TYPES.some((known) => known === type)) return explainType(type, line);
  if (encoded === '') return { message: 'the key’s base64 part is missing', remedy: 'copy the whole line of id.pub' };
  const blob = Buffer.from(encoded, 'base64');
  if (blob.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) {
    return { message: 'the key’s second part is no base64', remedy: 'copy the whole line of id.pub again' };
  }
  return explainBlob(type, blob);
}

/** Bits of an RSA key's modulus; undefined for other types. */
export function rsaBits(line: string): number | undefined {
  const [type, encoded = ''] = line.split(/ +/);
  const modulus = type === 'ssh-rsa' ? readFields(Buffer.from(encoded, 'base64'))?.[2] : undefined;
  return modulus === undefined ? undefined : bitLength(modulus);
}

function explainType(type: string, line: string): SshKeyFault {
  if (type === 'ssh-dss') return { message: 'OpenSSH no longer takes DSA keys', remedy: NEW_KEY };
  if (type.includes('-cert-v01'))
    return { message: 'this is a certificate, not a public key', remedy: 'give the line of id.pub' };
  if (line.includes('BEGIN SSH2 PUBLIC KEY')) {
    return { message: 'this is an RFC 4716 key, not an OpenSSH one', remedy: 'convert it: ssh-keygen -i -f id.pub' };
  }
  if (TYPES.some((known) => line.includes(`${known} `))) {
    return { message: 'options before the key are not supported', remedy: 'begin with the type, such as ssh-ed25519' };
  }
  if (/^[\w./~-]+\.pub$/.test(line)) {
    return { message: 'this is the name of a file, not a public key', remedy: `write {file: ${line}}` };
  }
  return { message: 'this is no OpenSSH public key', remedy: 'copy the line of id.pub: ssh-ed25519 AAAA… name' };
}

function explainBlob(type: string, blob: Uint8Array): SshKeyFault | undefined {
  const fields = readFields(blob);
  const inner = fields?.[0] === undefined ? undefined : Buffer.from(fields[0]).toString('latin1');
  const again = 'copy the whole line of id.pub again';
  if (fields === undefined || inner === undefined) return { message: 'the key is cut off or damaged', remedy: again };
  if (inner !== type) {
    const seen = TYPES.some((known) => known === inner) ? `: it is ${inner} inside` : '';
    return { message: `the key is not the ${type} it says${seen}`, remedy: again };
  }
  return hasRightShape(type, fields) ? undefined : { message: `the key is no complete ${type} key`, remedy: again };
}

/** Length-prefixed fields; undefined when the lengths do not add up. */
function readFields(blob: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + view.getUint32(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function hasRightShape(type: string, fields: readonly Uint8Array[]): boolean {
  const [, first, second] = fields;
  const security = type.startsWith('sk-') ? 1 : 0;
  if (first === undefined) return false;
  if (type === 'ssh-rsa') return fields.length === 3 && second !== undefined && bitLength(second) >= 1024;
  if (type.includes('ed25519')) return fields.length === 2 + security && first.length === 32;
  const curve = /nistp(\d+)/.exec(type)?.[1];
  const coordinate = Math.ceil(Number(curve) / 8);
  const named = Buffer.from(first).toString('latin1') === `nistp${curve}`;
  return fields.length === 3 + security && named && second?.length === 1 + 2 * coordinate && second[0] === 4;
}

function bitLength(integer: Uint8Array): number {
  const start = integer.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (integer.length - start) * 8 - Math.clz32(integer[start] ?? 0) + 24;
}
