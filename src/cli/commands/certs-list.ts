import { command } from '../command.js';
import { optionalText } from './parameters.js';

export type CertsListFlags = {
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
};

export const certsList = command<CertsListFlags, []>({
  brief: 'List certificates and when they expire',
  usage: '[--output json]',
  examples: [
    ['ironkeel certs list', 'as a table, the next to expire first'],
    ['ironkeel certs list --output json', 'for monitoring'],
  ],
  flags: {
    passphraseFile: { ...optionalText, placeholder: 'FILE', brief: 'Passphrase of encrypted secrets' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'age identity that opens encrypted secrets' },
  },
  load: () => import('../actions/certs-list.js'),
});
