import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SshHostKey } from './types.js';

const KEY_TYPE = 'ssh-ed25519';

/**
 * Makes an ed25519 host key. The private half is a file as `ssh-keygen` writes it, without a passphrase
 * (OpenSSH's PROTOCOL.key), the public half a line of `ssh_host_ed25519_key.pub`.
 */
export function mintSshHostKey(machine: string): SshHostKey {
  // Both encodings end with the key itself (RFC 8410). Not as JWK: Node 20 may deadlock in that export.
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const publicKey = pair.publicKey.subarray(-32);
  const blob = Buffer.concat([sshString(KEY_TYPE), sshString(publicKey)]);
  const secret = Buffer.concat([pair.privateKey.subarray(-32), publicKey]);
  return {
    privateKey: encodePrivateKey(blob, publicKey, secret, machine),
    publicKey: `${KEY_TYPE} ${blob.toString('base64')} ${machine}`,
  };
}

function encodePrivateKey(blob: Buffer, publicKey: Buffer, secret: Buffer, comment: string): string {
  // The same number twice: how a reader of an encrypted key sees that the passphrase was right.
  const check = randomBytes(4);
  const fields = [sshString(KEY_TYPE), sshString(publicKey), sshString(secret), sshString(comment)];
  const open = Buffer.concat([check, check, ...fields]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (open.length % 8)) % 8));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    uint32(1),
    sshString(blob),
    sshString(Buffer.concat([open, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
