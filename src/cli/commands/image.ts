import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { optionalText } from './parameters.js';

export type ImageFlags = {
  readonly format: 'iso' | 'fat' | 'cidata';
  readonly out?: string | undefined;
};

export const image = command<ImageFlags, [string]>({
  brief: SUMMARIES.image,
  description:
    'Makes the image of a drive from a folder as it is now: of a machine (inventory/node-NAME: its cloud-config folder becomes its config.iso), or any other. Every file on it is readable by root alone. The drive holds private keys: treat it as a secret.',
  usage: 'DIR [--format iso|fat|cidata] [--out FILE]',
  examples: [
    ['ironkeel image inventory/node-worker1', 'config.iso again, after editing user_data'],
    ['ironkeel image inventory/node-worker1 --format fat --out stick.img', 'for a USB stick'],
    ['ironkeel image inventory/node-worker1 --format cidata', 'for a NoCloud data source (cloud-init)'],
  ],
  flags: {
    format: {
      kind: 'enum',
      values: ['iso', 'fat', 'cidata'],
      default: 'iso',
      brief: 'iso: ISO 9660, config-2; fat: a stick, config-2; cidata: ISO 9660 for NoCloud',
    },
    out: { ...optionalText, placeholder: 'FILE', brief: 'Where to write the image' },
  },
  positional: {
    kind: 'tuple',
    parameters: [{ parse: String, placeholder: 'DIR', brief: 'A machine’s folder, or any folder' }],
  },
  load: () => import('../actions/image.js'),
});
