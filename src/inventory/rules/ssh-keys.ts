import type { FileReading, InventoryContext } from '../context.js';
import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { holdsPrivateKey } from '../mask.js';
import { findSshKeyFault, rsaBits } from '../ssh-key.js';
import { error, findDuplicates, type Rule, type RuleInput, warning } from './rule.js';

/** OpenSSH on current systems refuses RSA keys below this. */
const FEWEST_RSA_BITS = 2048;

interface KeyLine {
  readonly key: string;
  readonly path: Path;
  /** `id.pub line 2: `, or nothing for a key in the inventory itself. */
  readonly where: string;
}

/** The lines of a file that hold keys; comments and blank lines are left out. Empty when it cannot be read. */
export function readKeyFile(file: string, context: InventoryContext): string[] {
  const reading = context.readFile(file);
  return 'error' in reading ? [] : splitKeys(reading.content).map(({ line }) => line);
}

function splitKeys(content: Uint8Array): { line: string; number: number }[] {
  const lines = Buffer.from(content)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  return lines
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

/** SSH keys: files that are there, public keys that can be parsed, each once. */
export const checkSshKeys: Rule = function* (input) {
  const lines: KeyLine[] = [];
  for (const [index, entry] of each(input.draft.sshKeys)) {
    const path = ['sshKeys', index];
    if (typeof entry === 'string') lines.push({ key: entry.trim(), path, where: '' });
    else if (entry.file !== undefined) yield* readKeys(entry.file, [...path, 'file'], input, lines);
  }
  for (const line of lines) yield* checkKey(line);
  const parts = lines.map(({ key, path }) => ({ key: key.split(/ +/, 2).join(' '), path }));
  for (const [{ path }, first] of findDuplicates(parts)) {
    const message = `this public key is listed twice, first on line ${input.lineOf(first.path)}`;
    yield warning('duplicate-ssh-key', path, message, 'keep one of them');
  }
};

function* readKeys(file: string, path: Path, { context }: RuleInput, into: KeyLine[]): Generator<Finding> {
  const reading: FileReading = context.readFile(file);
  if ('error' in reading) {
    const name = /^[A-Za-z0-9._/-]+$/.test(file) ? file.replace(/\.pub$/, '') : 'id';
    const remedy = `copy your public key there, make one with: ssh-keygen -t ed25519 -f ${name}, or run: ironkeel init`;
    yield error('ssh-key-file', path, `cannot read ${file}: ${reading.error}`, remedy);
  } else if (holdsPrivateKey(Buffer.from(reading.content).toString('latin1'))) {
    yield error(
      'private-key',
      path,
      `${file} holds a private key; only public keys belong here`,
      `name the public one: ${file}.pub`,
    );
  } else {
    const keys = splitKeys(reading.content);
    if (keys.length === 0) yield error('ssh-key-file', path, `${file} holds no public key`, 'copy your id.pub there');
    into.push(...keys.map(({ line, number }) => ({ key: line, path, where: `${file} line ${number}: ` })));
  }
}

function* checkKey({ key, path, where }: KeyLine): Generator<Finding> {
  if (holdsPrivateKey(key)) {
    const remedy = 'remove it from this file, consider it exposed, and give the public key: the line of id.pub';
    yield error('private-key', path, 'this is a private key; only public keys belong here', remedy);
    return;
  }
  const fault = findSshKeyFault(key);
  const bits = rsaBits(key);
  if (fault !== undefined) yield error('bad-ssh-key', path, `${where}${fault.message}`, fault.remedy);
  else if (bits !== undefined && bits < FEWEST_RSA_BITS) {
    const message = `${where}an RSA key of ${bits} bits: current systems want ${FEWEST_RSA_BITS}`;
    yield warning('weak-ssh-key', path, message, 'make a new one: ssh-keygen -t ed25519 -f id');
  }
}
