import { IMAGE_REMEDY, isImageName } from '../../support/image-name.js';
import { command } from '../command.js';
import { off, optionalText } from './parameters.js';
import { parseTime } from './wait.js';

export type EdgeTestFlags = {
  readonly host?: string | undefined;
  readonly image?: string | undefined;
  readonly class?: string | undefined;
  readonly ca?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly keep: boolean;
  readonly dryRun: boolean;
};

export const edgeTest = command<EdgeTestFlags, []>({
  brief: 'Run an echo in the cluster and call it through every edge',
  description:
    'Makes a pod that repeats each request, with a Service and an Ingress, in a namespace of its own; calls it from here through every edge that serves the domain, over HTTP and HTTPS, at the edge’s own address whatever DNS says; shows what came back, and removes it all again, after a failure or Ctrl-C too.',
  usage: '[--host HOST] [--image IMAGE] [--keep] [--output json]',
  examples: [
    ['ironkeel edge test', 'as echo.DOMAIN of your first domain'],
    ['ironkeel edge test --host shop.example.com', 'under another name'],
    ['ironkeel edge test --keep', 'and leave it there, to call it with curl'],
    ['ironkeel edge test --dry-run', 'only say what would be made'],
  ],
  flags: {
    host: { ...optionalText, placeholder: 'HOST', brief: 'A name in one of the domains' },
    image: {
      kind: 'parsed',
      parse: parseImage,
      optional: true,
      placeholder: 'IMAGE',
      brief: 'Another image that repeats requests, at the port PORT names',
    },
    class: { ...optionalText, placeholder: 'NAME', brief: 'Ingress class, the cluster’s default unless told' },
    ca: { ...optionalText, placeholder: 'FILE', brief: 'Certificates of authorities to trust too, PEM' },
    timeout: {
      kind: 'parsed',
      parse: parseTime,
      default: '2m',
      placeholder: 'TIME',
      brief: 'For the pod, then for the edges',
    },
    keep: { ...off, brief: 'Leave everything in the cluster' },
    dryRun: { ...off, brief: 'Change nothing, say what would be made' },
  },
  load: () => import('../actions/edge-test.js'),
});

/**
 * The full name of an image.
 *
 * @throws RangeError when it is none.
 */
export function parseImage(text: string): string {
  if (isImageName(text)) return text;
  throw new RangeError(`${text} is no image: ${IMAGE_REMEDY}`);
}
