import { readFile } from 'node:fs/promises';
import type { Decrypter } from 'age-encryption';
import { type InputError, inputError } from '../support/problem.js';
import { decodePem, encodePem } from './x509/pem.js';

/** What the caller can open encrypted secrets with. */
export interface Unlock {
  /** Asked only when the file is encrypted with a passphrase. */
  readonly passphrase?: (() => Promise<string>) | undefined;
  /** Paths of age identity files (`AGE-SECRET-KEY-…` a line), read only when the file is encrypted for recipients. */
  readonly identityFiles?: readonly string[] | undefined;
}

/** How a file is encrypted: with a passphrase, or for the holders of some keys. */
export type AgeKey =
  | {
      readonly mode: 'passphrase';
      readonly passphrase: string;
      /** Base-2 logarithm of scrypt's cost; default 18, about a second. Less is for tests. */
      readonly workFactor?: number;
    }
  | { readonly mode: 'recipients'; readonly recipients: readonly string[] };

const ARMOR = 'AGE ENCRYPTED FILE';

// The library takes a tenth of a second to load, so only who encrypts pays for it.
const loadAge = () => import('age-encryption');

/**
 * Encrypts into an armored age file (C2SP age v1), which `age -d` opens as well. Armored, because version
 * control and line-ending conversion leave text alone.
 *
 * @throws InputError for an empty passphrase and for recipients age does not know.
 */
export async function encryptWithAge(text: string, key: AgeKey): Promise<string> {
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  if (key.mode === 'passphrase') {
    if (key.passphrase === '') throw emptyPassphrase();
    encrypter.setPassphrase(key.passphrase);
    encrypter.setScryptWorkFactor(key.workFactor ?? 18);
  } else {
    if (key.recipients.length === 0) throw noRecipients();
    for (const recipient of key.recipients) addRecipient((each) => encrypter.addRecipient(each), recipient);
  }
  return encodePem(ARMOR, await encrypter.encrypt(text));
}

function addRecipient(add: (recipient: string) => void, recipient: string): void {
  try {
    add(recipient);
  } catch {
    const remedy = 'give public keys as `age-keygen` prints them, beginning with age1 (SSH keys are not supported)';
    // Whoever pastes the private half by mistake must not find it in a log.
    const shown = recipient.startsWith('age1') ? recipient : undefined;
    throw inputError('age-recipient', 'a recipient is not an age public key', remedy, shown);
  }
}

/** How an age file, armored or binary, was encrypted; read from its header without decrypting. */
export function ageMode(file: Buffer): AgeKey['mode'] {
  return /^age-encryption\.org\/v1\n-> scrypt /.test(unarmor(file).toString('latin1', 0, 64))
    ? 'passphrase'
    : 'recipients';
}

/**
 * Decrypts an age file. `name` is how errors call it. Gives back the passphrase it was opened with, if one
 * was, because the next save needs it again.
 *
 * @throws InputError when it is locked, damaged, or nothing supplied opens it.
 */
export async function decryptWithAge(
  file: Buffer,
  unlock: Unlock,
  name: string,
): Promise<{ text: string; passphrase?: string }> {
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  if (ageMode(file) === 'passphrase') {
    if (!unlock.passphrase) throw locked(name, 'a passphrase', 'run it on a terminal, or give the passphrase');
    const passphrase = await unlock.passphrase();
    decrypter.addPassphrase(passphrase);
    return { text: await open(decrypter, file, name, 'the passphrase is wrong'), passphrase };
  }
  if (!unlock.identityFiles?.length) throw locked(name, 'an age identity', 'name the file that holds your identity');
  for (const path of unlock.identityFiles) await addIdentities(decrypter, path);
  return { text: await open(decrypter, file, name, 'none of your identities is among its recipients') };
}

async function open(decrypter: Decrypter, file: Buffer, name: string, mismatch: string): Promise<string> {
  try {
    return await decrypter.decrypt(unarmor(file), 'text');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw inputError('secrets-unlock', `${name} could not be opened: ${mismatch}`, 'try again with another one');
    }
    const remedy = 'restore the file from a backup or from version control';
    throw inputError('secrets-damaged', `${name} is damaged: age cannot decrypt it`, remedy);
  }
}

async function addIdentities(decrypter: Decrypter, path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw inputError('age-identity', 'an identity file cannot be read', 'check the path and its permissions', path);
  });
  const identities = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  try {
    if (identities.length === 0) throw new RangeError('no identity');
    for (const identity of identities) decrypter.addIdentity(identity.trim());
  } catch {
    const remedy = 'give a file as `age-keygen -o FILE` writes it, lines beginning with AGE-SECRET-KEY-';
    throw inputError('age-identity', 'a file holds no age identities', remedy, path);
  }
}

function unarmor(file: Buffer): Buffer {
  return file.subarray(0, 5).toString('latin1') === '-----' ? decodePem(file.toString('latin1')) : file;
}

function locked(name: string, what: string, remedy: string): InputError {
  return inputError('secrets-locked', `${name} is encrypted and needs ${what}`, remedy);
}

/** What a machine guesses in no time is no protection for a file that may be published. */
const SHORTEST_PASSPHRASE = 12;

/**
 * To be asked before a passphrase is taken into use; one that is in use goes on opening and saving its file.
 *
 * @throws InputError when it is too short.
 */
export function refuseShortPassphrase(passphrase: string): void {
  if ([...passphrase.trim()].length >= SHORTEST_PASSPHRASE) return;
  throw inputError(
    'short-passphrase',
    `the passphrase is shorter than ${SHORTEST_PASSPHRASE} characters`,
    'choose at least four random words',
  );
}

function emptyPassphrase(): InputError {
  return inputError('empty-passphrase', 'the passphrase is empty', 'choose at least four random words');
}

function noRecipients(): InputError {
  return inputError('age-recipient', 'no recipient is given', 'give at least one public key, beginning with age1');
}
