import type { Architecture } from '../../inventory/types.js';
import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';
import { off, optionalText } from './parameters.js';

export type BundleFlags = {
  readonly out?: string | undefined;
  readonly use?: string | undefined;
  readonly arch?: readonly Architecture[] | undefined;
  readonly from?: string | undefined;
  readonly check: boolean;
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
};

export const bundle = command<BundleFlags, []>({
  brief: SUMMARIES.bundle,
  description:
    'Fetches every program and every container image that the cluster’s machines need into a folder, checks each against its SHA-256, and lists them in the bundle.json there. Their checksums are pinned in ironkeel.lock; the next `ironkeel build` makes the machines install exactly those. What is in the folder already is not fetched again. A Kubernetes that is newer than the catalogue of Ironkeel gets its checksums from its publisher. Serve the folder by HTTP and name it as artefactMirror in cluster.yaml.',
  usage: '[--out DIR | --use DIR] [--arch amd64|arm64] [--from URL] [--check]',
  examples: [
    ['ironkeel bundle', 'fill the folder bundle, and pin what is in it'],
    ['ironkeel bundle --out /srv/mirror', 'another folder'],
    [
      'ironkeel bundle --use /media/stick/mirror',
      'fetch nothing: check a folder that was filled elsewhere, and pin it',
    ],
    ['ironkeel bundle --check', 'only compare the folder with its bundle.json; exit 1 if anything is wrong'],
  ],
  flags: {
    out: { ...optionalText, placeholder: 'DIR', brief: 'The folder to fill, bundle unless told' },
    use: { ...optionalText, placeholder: 'DIR', brief: 'Take a filled folder as it is; fetch nothing' },
    arch: {
      kind: 'enum',
      values: ['amd64', 'arm64'],
      optional: true,
      variadic: true,
      brief: 'Architectures besides those of the machines',
    },
    from: { ...optionalText, placeholder: 'URL', brief: 'Fetch programs from this mirror, URL/HOST/PATH' },
    check: { ...off, brief: 'Fetch and pin nothing; exit 1 if the folder is not as it should be' },
    passphraseFile: { ...optionalText, placeholder: 'FILE', brief: 'Passphrase of encrypted secrets' },
    identity: { ...optionalText, placeholder: 'FILE', brief: 'age identity that opens encrypted secrets' },
  },
  load: () => import('../actions/bundle.js'),
});
