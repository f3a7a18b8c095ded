import { decryptSecrets, SECRETS_FILE, secretsMode } from '../../secrets/index.js';
import { inputError } from '../../support/problem.js';
import type { SecretsDecryptFlags } from '../commands/secrets-decrypt.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { unlockFrom } from '../unlock.js';

/** Keeps the secrets plain (0600) from now on. */
export default async function secretsDecrypt(
  context: CliContext,
  flags: SecretsDecryptFlags & GlobalFlags,
): Promise<void> {
  const { folder } = clusterPaths(context, flags);
  const mode = await secretsMode(folder);
  if (mode === undefined)
    throw inputError('no-secrets', `there are no secrets in ${folder}`, 'Run `ironkeel build` first');
  if (mode === 'plain') throw inputError('plain-already', 'the secrets are not encrypted', 'There is nothing to do');
  context.out.progress('decrypting the secrets');
  await decryptSecrets(folder, unlockFrom(context, flags));
  context.out.line(`decrypted: ${SECRETS_FILE} holds every private key of the cluster; keep it to yourself`);
  context.out.result({ file: SECRETS_FILE, mode: 'plain' });
}
