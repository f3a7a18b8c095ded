import { describe, expect, it } from 'vitest';
import { parseInventory } from './index.js';
import { findSshKeyFault, rsaBits } from './ssh-key.js';
import { GUIDE } from './testing/cases.js';
import { PUBLIC_KEY, testContext } from './testing/context.js';
import { KEYS } from './testing/keys.js';

describe('findSshKeyFault', () => {
  it.each(Object.entries({ ...KEYS, ed25519: PUBLIC_KEY, bare: PUBLIC_KEY.split(' ', 2).join(' ') }))(
    'takes %s',
    (_type, line) => {
      expect(findSshKeyFault(line)).toBeUndefined();
    },
  );

  const [type = '', blob = ''] = PUBLIC_KEY.split(' ');
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1');
    return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  };
  const security = text('sk-ssh-ed25519@openssh.com');
  it('takes the key of a security token', () => {
    const fields = Buffer.concat([security, text('k'.repeat(32)), text('ssh:')]);
    expect(findSshKeyFault(`sk-ssh-ed25519@openssh.com ${fields.toString('base64')} me`)).toBeUndefined();
  });

  it.each([
    ['cut off', `${type} ${blob.slice(0, 40)}`, /damaged|complete|base64/],
    ['one byte short', `${type} ${Buffer.from(blob, 'base64').subarray(0, -1).toString('base64')}`, /damaged/],
    [
      'bytes too many',
      `${type} ${Buffer.concat([Buffer.from(blob, 'base64'), text('x')]).toString('base64')}`,
      /complete/,
    ],
    ['no base64', `${type} !!!!`, /base64/],
    ['missing base64', type, /missing/],
    ['another type inside', `ssh-rsa ${blob}`, /it is ssh-ed25519 inside/],
    ['another curve inside', KEYS.ecdsa256.replace('nistp256', 'nistp384'), /it is ecdsa-sha2-nistp256 inside/],
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3M=', /DSA/],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', /certificate/],
    ['options', `no-pty ${PUBLIC_KEY}`, /options/],
    ['a file name', 'id.pub', /name of a file/],
    ['two lines', `${PUBLIC_KEY}\n${PUBLIC_KEY}`, /one line/],
    ['an escape code', `${PUBLIC_KEY}\u001b[2J`, /control/],
    ['nothing', '', /no OpenSSH/],
  ])('refuses a key with %s', (_title, line, message) => {
    expect(findSshKeyFault(line)?.message).toMatch(message);
  });

  it('counts the bits of RSA keys', () => {
    expect([KEYS.rsa1024, KEYS.rsa2048, PUBLIC_KEY].map(rsaBits)).toEqual([1024, 2048, undefined]);
  });
});

describe('SSH keys of an inventory', () => {
  it('come from files with several keys, in order and once', () => {
    const file = `# team\n\n${KEYS.ecdsa256}\r\n${PUBLIC_KEY}\n`;
    const text = GUIDE.replace('{file: id.pub}', `${PUBLIC_KEY}, {file: keys}`);
    const { cluster, problems } = parseInventory(text, 'cluster.yaml', testContext({ keys: file }));
    expect(problems.map(({ code }) => code)).toEqual(['duplicate-ssh-key']);
    expect(cluster?.sshKeys).toEqual([PUBLIC_KEY, KEYS.ecdsa256]);
  });

  it('warns of a weak key and names the line of the file', () => {
    const { problems } = parseInventory(
      GUIDE,
      'cluster.yaml',
      testContext({ 'id.pub': `\n${KEYS.rsa1024}\nrubbish\n` }),
    );
    expect(problems.map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
      ['weak-ssh-key', 'id.pub line 2'],
      ['bad-ssh-key', 'id.pub line 3'],
    ]);
  });
});
