import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import type { AgeKey, Unlock } from './age.js';
import { decodeSecrets, encodeSecrets } from './encoding.js';
import { mintSecrets } from './mint.js';
import { decryptSecrets, encryptSecrets, loadSecrets, saveSecrets, secretsMode } from './store.js';
import type { Secrets } from './types.js';

const NOW = Date.parse('2026-11-15T12:00:00Z');
const secrets = mintSecrets(
  { keyType: 'ec-p256', caLifetimeDays: 3650, clusterName: 'guide', domains: ['example.com'] },
  NOW,
);
const passphrase: AgeKey = { mode: 'passphrase', passphrase: 'correct horse', workFactor: 10 };
const typing = (text: string): Unlock => ({ passphrase: async () => text });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ironkeel-secrets-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const path = (name: string) => join(dir, name);
const modeOf = async (name: string) => (await stat(path(name))).mode & 0o777;

/** The one problem a promise is rejected with; fails the test when it is not an InputError. */
async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  const [problem] = (error as InputError).problems;
  return { ...problem, text: JSON.stringify(problem) + String((error as InputError).stack) };
}

describe('plain secrets', () => {
  it('do not exist before they are saved', async () => {
    expect(await loadSecrets(dir)).toBeUndefined();
    expect(await secretsMode(dir)).toBeUndefined();
  });

  it('come back as they were saved, readable by the owner alone', async () => {
    await saveSecrets(dir, secrets, { mode: 'plain' });
    expect(await loadSecrets(dir)).toEqual({ secrets, storage: { mode: 'plain' } });
    expect(await modeOf('secrets.json')).toBe(0o600);
    expect(await readdir(dir)).toEqual(['secrets.json']);
  });

  it('are 0600 even when a wider file, or one left aside by a crash, was there before', async () => {
    await writeFile(path('secrets.json'), 'old', { mode: 0o644 });
    await writeFile(path('.secrets.json.new'), 'cut off', { mode: 0o644 });
    await saveSecrets(dir, secrets, { mode: 'plain' });
    expect(await modeOf('secrets.json')).toBe(0o600);
    expect(await readdir(dir)).toEqual(['secrets.json']);
  });

  it('stay where a link leads', async () => {
    await mkdir(path('vault'));
    await writeFile(path('vault/s.json'), '', { mode: 0o600 });
    await symlink(path('vault/s.json'), path('secrets.json'));
    await saveSecrets(dir, secrets, { mode: 'plain' });
    expect(decodeSecrets(await readFile(path('vault/s.json'), 'utf8'), 'x')).toEqual(secrets);
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o666])('are refused with mode %o and the remedy', async (mode) => {
    await saveSecrets(dir, secrets, { mode: 'plain' });
    await chmod(path('secrets.json'), mode);
    const problem = await problemOf(loadSecrets(dir));
    expect(problem.code).toBe('secrets-exposed');
    expect(problem.remedy).toContain(`chmod 600 ${path('secrets.json')}`);
  });

  it('are refused beside encrypted ones', async () => {
    await saveSecrets(dir, secrets, { mode: 'plain' });
    await saveSecrets(dir, secrets, passphrase);
    expect((await problemOf(loadSecrets(dir))).code).toBe('secrets-ambiguous');
  });

  it('are not taken from a folder of that name', async () => {
    await mkdir(path('secrets.json'));
    expect((await problemOf(loadSecrets(dir))).code).toBe('secrets-damaged');
  });

  it('leave nothing aside when they cannot be put in place', async () => {
    await mkdir(path('secrets.json'));
    await expect(saveSecrets(dir, secrets, { mode: 'plain' })).rejects.toThrow('could not be written (EISDIR)');
    expect(await readdir(dir)).toEqual(['secrets.json']);
  });

  it('report a path that is no folder as work that failed', async () => {
    await writeFile(path('file'), '');
    await expect(loadSecrets(path('file'))).rejects.toThrow('cannot be read (ENOTDIR)');
  });

  it('report a folder that cannot be written as work that failed', async () => {
    await expect(saveSecrets(path('absent'), secrets, { mode: 'plain' })).rejects.toThrow(
      'could not be written (ENOENT)',
    );
  });
});

describe('the text of the secrets', () => {
  const text = encodeSecrets(secrets);
  const key = secrets.authorities.etcd.issuing.key.split('\n')[1] ?? '';

  it('is the same however issued certificates were added', () => {
    const leaf = { key: 'k', certificate: 'c', request: 'r', profile: 'p', notAfter: 1 };
    const one: Secrets = { ...secrets, issued: { a: leaf, b: leaf } };
    const other: Secrets = { ...secrets, issued: { b: leaf, a: leaf } };
    expect(encodeSecrets(one)).toBe(encodeSecrets(other));
  });

  it('is either found damaged or means the same, whichever byte flips', () => {
    const bytes = Buffer.from(text);
    const flip = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) });
    fc.assert(
      fc.property(flip, ({ at, bit }) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        let read: Secrets | undefined;
        try {
          read = decodeSecrets(damaged.toString('utf8'), 'secrets.json');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect(String(error)).not.toContain(key.slice(0, 12));
        }
        if (read) expect(read).toEqual(secrets);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['cut off', text.slice(0, text.length / 2)],
    ['empty', ''],
    ['no JSON', `${key} <<<<<<< HEAD`],
    ['a list', '[1]'],
    ['null', 'null'],
    ['no secrets', '{"checksum": "sha256:0"}'],
  ])('is refused when it is %s, without showing it', (_, damaged) => {
    try {
      decodeSecrets(damaged, 'secrets.json');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ problems: [{ code: 'secrets-damaged' }] });
      expect(`${JSON.stringify(error)}${String(error)}${(error as Error).stack}`).not.toContain(key.slice(0, 12));
    }
  });

  it('is refused when a newer version wrote it', () => {
    const newer = text.replace('"version": 1', '"version": 2');
    expect(() => decodeSecrets(newer, 'secrets.json')).toThrow('format this ironkeel does not know');
  });
});

describe('secrets under a passphrase', () => {
  it('open with it and tell how to save them again', async () => {
    await saveSecrets(dir, secrets, passphrase);
    const stored = await loadSecrets(dir, typing('correct horse'));
    expect(stored).toEqual({ secrets, storage: { mode: 'passphrase', passphrase: 'correct horse' } });
    expect(await secretsMode(dir)).toBe('passphrase');
    expect(await modeOf('secrets.json.age')).toBe(0o600);
  });

  it('show no key', async () => {
    await saveSecrets(dir, secrets, passphrase);
    const file = await readFile(path('secrets.json.age'), 'utf8');
    expect(file).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(Buffer.from(file.replace(/---.*|\n/g, ''), 'base64').includes('PRIVATE KEY')).toBe(false);
  });

  it('stay shut to another passphrase, to none, and to an identity', async () => {
    await saveSecrets(dir, secrets, passphrase);
    expect((await problemOf(loadSecrets(dir, typing('wrong')))).code).toBe('secrets-unlock');
    expect((await problemOf(loadSecrets(dir, {}))).code).toBe('secrets-locked');
    expect((await problemOf(loadSecrets(dir, { identityFiles: [path('none')] }))).code).toBe('secrets-locked');
  });

  it('are found damaged when a byte of the payload flips', async () => {
    await saveSecrets(dir, secrets, passphrase);
    const file = await readFile(path('secrets.json.age'));
    file[file.length - 200] = file[file.length - 200] === 0x41 ? 0x42 : 0x41;
    await writeFile(path('secrets.json.age'), file);
    expect((await problemOf(loadSecrets(dir, typing('correct horse')))).code).toBe('secrets-damaged');
  });

  it('refuse an empty one', async () => {
    const empty: AgeKey = { mode: 'passphrase', passphrase: '' };
    expect((await problemOf(saveSecrets(dir, secrets, empty))).code).toBe('empty-passphrase');
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('secrets for recipients', () => {
  let identity: string;
  let key: AgeKey;
  let unlock: Unlock;
  beforeEach(async () => {
    identity = await generateX25519Identity();
    key = { mode: 'recipients', recipients: [await identityToRecipient(identity)] };
    unlock = { identityFiles: [path('me.txt')] };
    await writeFile(path('me.txt'), `# created: today\n\n${identity}\n`, { mode: 0o600 });
  });

  it('open with an identity and remember whom to encrypt for', async () => {
    await saveSecrets(dir, secrets, key);
    const stored = await loadSecrets(dir, unlock);
    expect(stored).toEqual({ secrets, storage: key });
    expect(await secretsMode(dir)).toBe('recipients');
  });

  it('are encrypted for who is added to the file of recipients from the next save on', async () => {
    await saveSecrets(dir, secrets, key);
    const friend = await generateX25519Identity();
    await writeFile(path('secrets.recipients'), `${await identityToRecipient(friend)}\n`, { flag: 'a' });
    const stored = await loadSecrets(dir, unlock);
    await saveSecrets(dir, secrets, stored?.storage ?? { mode: 'plain' });
    await writeFile(path('friend.txt'), friend);
    expect((await loadSecrets(dir, { identityFiles: [path('friend.txt')] }))?.secrets).toEqual(secrets);
    expect((await loadSecrets(dir, unlock))?.secrets).toEqual(secrets);
  });

  it('stay shut to another identity and to a passphrase', async () => {
    await saveSecrets(dir, secrets, key);
    await writeFile(path('me.txt'), await generateX25519Identity());
    expect((await problemOf(loadSecrets(dir, unlock))).code).toBe('secrets-unlock');
    expect((await problemOf(loadSecrets(dir, typing('x')))).code).toBe('secrets-locked');
  });

  it('are not saved when nobody is left to encrypt for', async () => {
    await saveSecrets(dir, secrets, key);
    await rm(path('secrets.recipients'));
    const stored = await loadSecrets(dir, unlock);
    const problem = await problemOf(saveSecrets(dir, secrets, stored?.storage ?? { mode: 'plain' }));
    expect(problem).toMatchObject({ code: 'age-recipient' });
    expect(problem.message).toContain('secrets.recipients');
  });

  it.each(['nonsense', 'ssh-ed25519 AAAA', 'age1qqqq'])('refuse the recipient "%s"', async (recipient) => {
    const bad: AgeKey = { mode: 'recipients', recipients: [recipient] };
    expect((await problemOf(saveSecrets(dir, secrets, bad))).code).toBe('age-recipient');
  });

  it('do not repeat an identity that was given in place of a recipient', async () => {
    const problem = await problemOf(saveSecrets(dir, secrets, { mode: 'recipients', recipients: [identity] }));
    expect(problem.text).not.toContain(identity.slice(0, 30));
  });

  it('refuse an identity file that is absent or holds none, without repeating it', async () => {
    await saveSecrets(dir, secrets, key);
    expect((await problemOf(loadSecrets(dir, { identityFiles: [path('absent')] }))).code).toBe('age-identity');
    await writeFile(path('me.txt'), identity.slice(0, -2));
    const problem = await problemOf(loadSecrets(dir, unlock));
    expect(problem.code).toBe('age-identity');
    expect(problem.text).not.toContain(identity.slice(0, 30));
  });
});

describe('changing how secrets are kept', () => {
  it('leaves one file when they are encrypted, and when they are decrypted', async () => {
    await saveSecrets(dir, secrets, { mode: 'plain' });
    await encryptSecrets(dir, passphrase);
    expect(await readdir(dir)).toEqual(['secrets.json.age']);
    await decryptSecrets(dir, typing('correct horse'));
    expect(await readdir(dir)).toEqual(['secrets.json']);
    expect((await loadSecrets(dir))?.secrets).toEqual(secrets);
  });

  it('changes the passphrase', async () => {
    await saveSecrets(dir, secrets, passphrase);
    await encryptSecrets(dir, { ...passphrase, passphrase: 'battery staple' }, typing('correct horse'));
    expect((await loadSecrets(dir, typing('battery staple')))?.secrets).toEqual(secrets);
    expect((await problemOf(loadSecrets(dir, typing('correct horse')))).code).toBe('secrets-unlock');
  });

  it('refuses a new passphrase that is short, and goes on with one that is in use', async () => {
    const short: AgeKey = { ...passphrase, passphrase: 'eleven char' };
    await saveSecrets(dir, secrets, { mode: 'plain' });
    for (const text of ['x', '', short.passphrase, ' '.repeat(12)]) {
      expect((await problemOf(encryptSecrets(dir, { ...short, passphrase: text }))).code).toBe('short-passphrase');
    }
    expect(await readdir(dir)).toEqual(['secrets.json']);
    await encryptSecrets(dir, { ...short, passphrase: 'twelve chars' });
    await saveSecrets(dir, secrets, short);
    expect((await loadSecrets(dir, typing(short.passphrase)))?.secrets).toEqual(secrets);
  });

  it('forgets recipients that no longer count', async () => {
    const identity = await generateX25519Identity();
    await writeFile(path('me.txt'), identity);
    await saveSecrets(dir, secrets, { mode: 'recipients', recipients: [await identityToRecipient(identity)] });
    await encryptSecrets(dir, passphrase, { identityFiles: [path('me.txt')] });
    expect((await readdir(dir)).sort()).toEqual(['me.txt', 'secrets.json.age']);
  });

  it('changes nothing when it cannot be done', async () => {
    await saveSecrets(dir, secrets, { mode: 'plain' });
    await problemOf(encryptSecrets(dir, { mode: 'recipients', recipients: ['nonsense'] }));
    expect(await readdir(dir)).toEqual(['secrets.json']);
  });

  it('needs secrets', async () => {
    expect((await problemOf(encryptSecrets(dir, passphrase))).code).toBe('no-secrets');
    expect((await problemOf(decryptSecrets(dir, {}))).code).toBe('no-secrets');
  });
});
