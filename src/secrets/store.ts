import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, inputError, WorkError } from '../support/problem.js';
import { type AgeKey, ageMode, decryptWithAge, encryptWithAge, refuseShortPassphrase, type Unlock } from './age.js';
import { decodeSecrets, encodeSecrets } from './encoding.js';
import { writePrivateFile } from './private-file.js';
import type { Secrets } from './types.js';

/** The file of plain secrets in the cluster's folder. */
export const SECRETS_FILE = 'secrets.json';
/** The same, encrypted. */
export const ENCRYPTED_SECRETS_FILE = 'secrets.json.age';
/** Public keys the secrets are encrypted for, one a line: what a later save needs besides the file itself. */
export const RECIPIENTS_FILE = 'secrets.recipients';

/** How the secrets are kept: enough to save them again in the same way. */
export type SecretsStorage = { readonly mode: 'plain' } | AgeKey;

/** The secrets of a cluster's folder. */
export interface StoredSecrets {
  readonly secrets: Secrets;
  readonly storage: SecretsStorage;
}

/**
 * Reads the secrets of a cluster's folder; undefined when it has none yet.
 *
 * @throws InputError when both files exist, a plain file is open to others, a file is damaged, or an
 * encrypted one cannot be opened with `unlock`; WorkError when the disk refuses. No error shows content.
 */
export async function loadSecrets(dir: string, unlock: Unlock = {}): Promise<StoredSecrets | undefined> {
  const plain = await permissionBits(join(dir, SECRETS_FILE));
  const encrypted = await permissionBits(join(dir, ENCRYPTED_SECRETS_FILE));
  if (plain !== undefined && encrypted !== undefined) throw ambiguous(dir);
  if (plain !== undefined) return loadPlain(dir, plain);
  if (encrypted !== undefined) return loadEncrypted(dir, unlock);
  return undefined;
}

async function loadPlain(dir: string, mode: number): Promise<StoredSecrets> {
  const path = join(dir, SECRETS_FILE);
  if ((mode & 0o077) !== 0) throw exposed(path, mode);
  return { secrets: decodeSecrets((await readWhole(path)).toString('utf8'), path), storage: { mode: 'plain' } };
}

async function loadEncrypted(dir: string, unlock: Unlock): Promise<StoredSecrets> {
  const path = join(dir, ENCRYPTED_SECRETS_FILE);
  const file = await readWhole(path);
  const { text, passphrase } = await decryptWithAge(file, unlock, path);
  const secrets = decodeSecrets(text, path);
  if (passphrase !== undefined) return { secrets, storage: { mode: 'passphrase', passphrase } };
  return { secrets, storage: { mode: 'recipients', recipients: await readRecipients(dir) } };
}

/** Which file of secrets a folder has and how it is encrypted, without opening it; undefined: none. */
export async function secretsMode(dir: string): Promise<SecretsStorage['mode'] | undefined> {
  if ((await permissionBits(join(dir, SECRETS_FILE))) !== undefined) return 'plain';
  const path = join(dir, ENCRYPTED_SECRETS_FILE);
  return (await permissionBits(path)) === undefined ? undefined : ageMode(await readWhole(path));
}

/**
 * Writes the secrets, aside first, so that a crash leaves the old or the new file whole. Other files of
 * secrets in the folder stay; see {@link encryptSecrets} for a change of storage.
 *
 * @throws InputError when the recipients are unusable; WorkError when the disk refuses.
 */
export async function saveSecrets(dir: string, secrets: Secrets, storage: SecretsStorage): Promise<void> {
  const text = encodeSecrets(secrets);
  if (storage.mode === 'plain') return writePrivateFile(join(dir, SECRETS_FILE), text);
  if (storage.mode === 'recipients' && storage.recipients.length === 0) throw recipientsUnknown(dir);
  const encrypted = await encryptWithAge(text, storage);
  if (storage.mode === 'recipients') writePrivateFile(join(dir, RECIPIENTS_FILE), recipientsText(storage.recipients));
  writePrivateFile(join(dir, ENCRYPTED_SECRETS_FILE), encrypted);
}

/**
 * Keeps the folder's secrets encrypted from now on; also changes the passphrase or the recipients of
 * encrypted ones. The plain file is removed once the other is on disk.
 *
 * @throws InputError as {@link loadSecrets}, when there are no secrets, and for a passphrase that is too short.
 */
export async function encryptSecrets(dir: string, key: AgeKey, unlock: Unlock = {}): Promise<void> {
  if (key.mode === 'passphrase') refuseShortPassphrase(key.passphrase);
  const { secrets } = await requireSecrets(dir, unlock);
  await saveSecrets(dir, secrets, key);
  await rm(join(dir, SECRETS_FILE), { force: true });
  if (key.mode === 'passphrase') await rm(join(dir, RECIPIENTS_FILE), { force: true });
}

/**
 * Keeps the folder's secrets plain (0600) from now on.
 *
 * @throws InputError as {@link loadSecrets}, and when there are no secrets.
 */
export async function decryptSecrets(dir: string, unlock: Unlock): Promise<void> {
  const { secrets } = await requireSecrets(dir, unlock);
  await saveSecrets(dir, secrets, { mode: 'plain' });
  await rm(join(dir, ENCRYPTED_SECRETS_FILE), { force: true });
  await rm(join(dir, RECIPIENTS_FILE), { force: true });
}

async function requireSecrets(dir: string, unlock: Unlock): Promise<StoredSecrets> {
  const stored = await loadSecrets(dir, unlock);
  if (!stored) throw inputError('no-secrets', `there are no secrets in ${dir}`, 'run `ironkeel build` first');
  return stored;
}

/** Undefined when there is no such file. */
async function permissionBits(path: string): Promise<number | undefined> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw inputError('secrets-damaged', `${path} is not a file`, 'move it away', path);
    return status.mode & 0o777;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error instanceof InputError ? error : unreadable(path, error);
  }
}

async function readWhole(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

function unreadable(path: string, error: unknown): WorkError {
  return new WorkError(`${path} cannot be read (${codeOf(error)})`, 'check who owns the file and its folder');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

async function readRecipients(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, RECIPIENTS_FILE), 'utf8').catch(() => '');
  return text.split(/\s*\n\s*/).filter((line) => line !== '' && !line.startsWith('#'));
}

function recipientsText(recipients: readonly string[]): string {
  const note =
    '# Who can open secrets.json.age: age public keys, one a line. A change takes effect with the next save.';
  return [note, ...recipients, ''].join('\n');
}

function ambiguous(dir: string): InputError {
  const remedy = `delete the one that is out of date; after an interrupted encryption that is ${SECRETS_FILE}`;
  return inputError('secrets-ambiguous', `${dir} has both ${SECRETS_FILE} and ${ENCRYPTED_SECRETS_FILE}`, remedy);
}

function exposed(path: string, mode: number): InputError {
  const message = `${path} holds private keys and can be read by others`;
  const remedy = `run \`chmod 600 ${path}\`; if others had the time to read it, make a new cluster's secrets`;
  return inputError('secrets-exposed', message, remedy, `mode 0${mode.toString(8)}`);
}

function recipientsUnknown(dir: string): InputError {
  const remedy = 'write the age public keys into it, one a line, as `age-keygen -y` prints them';
  return inputError('age-recipient', `${join(dir, RECIPIENTS_FILE)} names nobody to encrypt the secrets for`, remedy);
}
