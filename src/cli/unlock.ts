import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Unlock } from '../secrets/index.js';
import { inputError } from '../support/problem.js';
import { askSecret } from './ask.js';
import type { CliContext } from './context.js';

export interface UnlockFlags {
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
}

/**
 * What encrypted secrets may be opened with: a passphrase from `--passphrase-file`, `IRONKEEL_PASSPHRASE` or the
 * terminal, an identity from `--identity` or `IRONKEEL_AGE_IDENTITY`. Nothing is read or asked before it is needed.
 */
export function unlockFrom(context: CliContext, flags: UnlockFlags): Unlock {
  const identity = flags.identity ?? context.env.IRONKEEL_AGE_IDENTITY;
  return {
    passphrase: () => readPassphrase(context, flags.passphraseFile, 'Passphrase of the secrets'),
    ...(identity === undefined ? {} : { identityFiles: [resolve(context.cwd, identity)] }),
  };
}

/**
 * A passphrase, from wherever there is one.
 *
 * @throws InputError when there is none and nobody to ask, or the file cannot be read.
 */
export async function readPassphrase(context: CliContext, file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return firstLine(resolve(context.cwd, file));
  const { IRONKEEL_PASSPHRASE: given } = context.env;
  if (given) return given;
  if (context.interactive) return askSecret(question);
  throw inputError(
    'no-passphrase',
    'the secrets need a passphrase, and there is no terminal to ask on',
    'Give it with --passphrase-file FILE or in IRONKEEL_PASSPHRASE',
  );
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw inputError(
      'no-passphrase',
      `cannot read the passphrase file ${path} (${code})`,
      'Check its name and permissions',
    );
  }
}
