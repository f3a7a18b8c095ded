import { command } from '../command.js';
import { optionalText } from './parameters.js';

export type SecretsEncryptFlags = {
  readonly recipient?: readonly string[] | undefined;
  readonly passphraseFile?: string | undefined;
};

export const secretsEncrypt = command<SecretsEncryptFlags, []>({
  brief: 'Encrypt secrets.json into secrets.json.age',
  description:
    'Encrypts the secrets with age, for recipients or with a passphrase of at least 12 characters (from a file, IRONKEEL_PASSPHRASE, or asked for on the terminal), and removes secrets.json and the plain CA keys below ssl/. `ironkeel build` works on encrypted secrets.',
  usage: '[--recipient AGE1…]… [--passphrase-file FILE]',
  examples: [
    ['ironkeel secrets encrypt', 'with a passphrase that is asked for'],
    ['ironkeel secrets encrypt --recipient age1…', 'for the holder of an age identity'],
    ['ironkeel secrets encrypt --passphrase-file pass.txt', 'without a terminal'],
  ],
  flags: {
    recipient: {
      ...optionalText,
      variadic: true,
      placeholder: 'AGE1…',
      brief: 'age recipient; again for each further one',
    },
    passphraseFile: { ...optionalText, placeholder: 'FILE', brief: 'File whose first line is the passphrase' },
  },
  load: () => import('../actions/secrets-encrypt.js'),
});
