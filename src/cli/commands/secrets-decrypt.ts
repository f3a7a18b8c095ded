import { command } from '../command.js';
import { optionalText } from './parameters.js';

export type SecretsDecryptFlags = {
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
};

export const secretsDecrypt = command<SecretsDecryptFlags, []>({
  brief: 'Decrypt secrets.json.age into secrets.json',
  usage: '[--identity FILE] [--passphrase-file FILE]',
  examples: [
    ['ironkeel secrets decrypt', 'with the passphrase that is asked for'],
    ['ironkeel secrets decrypt --identity key.txt', 'with an age identity'],
  ],
  flags: {
    passphraseFile: { ...optionalText, placeholder: 'FILE', brief: 'File whose first line is the passphrase' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'age identity file (or set IRONKEEL_AGE_IDENTITY)' },
  },
  load: () => import('../actions/secrets-decrypt.js'),
});
