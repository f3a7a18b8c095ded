import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AgeKey, ENCRYPTED_SECRETS_FILE, encryptSecrets, secretsMode } from '../../secrets/index.js';
import { inputError } from '../../support/problem.js';
import { askSecret } from '../ask.js';
import type { SecretsEncryptFlags } from '../commands/secrets-encrypt.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readPassphrase, unlockFrom } from '../unlock.js';

/** Keeps the secrets encrypted from now on, and removes the plain keys beside them. */
export default async function secretsEncrypt(
  context: CliContext,
  flags: SecretsEncryptFlags & GlobalFlags,
): Promise<void> {
  const { folder } = clusterPaths(context, flags);
  const mode = await secretsMode(folder);
  if (mode === undefined)
    throw inputError('no-secrets', `there are no secrets in ${folder}`, 'Run `ironkeel build` first');
  if (mode !== 'plain') {
    throw inputError(
      'encrypted-already',
      'the secrets are encrypted already',
      'To change how, run `ironkeel secrets decrypt` first',
    );
  }
  const key = await chooseKey(context, flags);
  context.out.progress('encrypting the secrets');
  await encryptSecrets(folder, key, unlockFrom(context, {}));
  rmSync(join(folder, 'ssl', 'ca-key.pem'), { force: true });
  context.out.line(`encrypted: ${ENCRYPTED_SECRETS_FILE} may be committed, secrets.json and ssl/ca-key.pem are gone`);
  context.out.line('the other files in ssl/ and inventory/ still hold keys of their own');
  context.out.result({ file: ENCRYPTED_SECRETS_FILE, mode: key.mode });
}

async function chooseKey(context: CliContext, flags: SecretsEncryptFlags): Promise<AgeKey> {
  const { recipient = [], passphraseFile } = flags;
  if (recipient.length > 0 && passphraseFile !== undefined) {
    throw inputError('usage', '--recipient and --passphrase-file exclude each other', 'Give one of them');
  }
  if (recipient.length > 0) return { mode: 'recipients', recipients: recipient };
  const passphrase = await readPassphrase(context, passphraseFile, 'New passphrase');
  const asked = passphraseFile === undefined && !context.env.IRONKEEL_PASSPHRASE;
  if (asked && (await askSecret('The same again')) !== passphrase) {
    throw inputError('passphrase-differs', 'the two passphrases differ', 'Run the command again');
  }
  return { mode: 'passphrase', passphrase };
}
