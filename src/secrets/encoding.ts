import { hash } from 'node:crypto';
import { type InputError, inputError } from '../support/problem.js';
import type { Secrets } from './types.js';

const RESTORE = 'restore the file from a backup or from version control; do not edit it by hand';

/**
 * The text of `secrets.json`: the secrets below a SHA-256 over them, so that a flipped byte is found before
 * it becomes a key that fits nothing. Keys come in a fixed order, issued certificates sorted by id.
 */
export function encodeSecrets(secrets: Secrets): string {
  const body = canonicalJson(secrets);
  return `{\n"checksum": "${checksumOf(body)}",\n"secrets": ${body}\n}\n`;
}

/**
 * Reads what {@link encodeSecrets} wrote. `file` is the name used in errors, which never show content.
 *
 * @throws InputError when the text is damaged or from a newer Ironkeel.
 */
export function decodeSecrets(text: string, file: string): Secrets {
  const { checksum, secrets } = parseObject(text, file);
  if (!isObject(secrets) || typeof checksum !== 'string') throw damaged(file, 'it is not a file of secrets');
  if (secrets.version !== 1) {
    const remedy = 'use the version of ironkeel that wrote it, or a newer one';
    throw inputError('secrets-version', `${file} has a format this ironkeel does not know`, remedy);
  }
  const value = secrets as unknown as Secrets;
  if (checksumOf(JSON.stringify(value, null, 1)) !== checksum) throw damaged(file, 'its checksum does not match');
  return value;
}

function parseObject(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // JSON.parse quotes the text around the mistake, which may be a key: that message goes nowhere.
  }
  throw damaged(file, 'it is not JSON, or cut off');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(file: string, how: string): InputError {
  return inputError('secrets-damaged', `${file} is damaged: ${how}`, RESTORE);
}

function canonicalJson(secrets: Secrets): string {
  const { version, clusterId, authorities, serviceAccount, encryptionKeys } = secrets;
  const issued = sortedByKey(secrets.issued);
  const sshHostKeys = sortedByKey(secrets.sshHostKeys);
  const ordered = { version, clusterId, authorities, serviceAccount, encryptionKeys, issued, sshHostKeys };
  return JSON.stringify(ordered satisfies Secrets, null, 1);
}

function sortedByKey<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function checksumOf(body: string): string {
  return `sha256:${hash('sha256', body, 'hex')}`;
}
