import { command } from '../command.js';
import { dnsServer } from './dns-check.js';
import { off, optionalText } from './parameters.js';

export type EdgeCheckFlags = {
  readonly server?: string | undefined;
  readonly skipDns: boolean;
  readonly ca?: string | undefined;
};

export const edgeCheck = command<EdgeCheckFlags, []>({
  brief: 'Check from outside that every domain is served well',
  description:
    'Connects to every edge at its public address, whatever DNS says, and checks for each domain: the records, 80 and 443/tcp, the answer to an unknown host, the certificate, and that nothing else answers there; then the Ingresses, where the API can be reached. Best run from outside your network. Ends with 1 when something fails; warnings fail nothing.',
  usage: '[--server ADDRESS[:PORT]] [--skip-dns] [--ca FILE] [--output json]',
  examples: [
    ['ironkeel edge check', 'a line each, with what to do where something fails'],
    ['ironkeel edge check --skip-dns', 'before DNS is told'],
    ['ironkeel edge check --output json', 'for monitoring'],
  ],
  flags: {
    server: dnsServer,
    skipDns: { ...off, brief: 'Do not ask DNS' },
    ca: { ...optionalText, placeholder: 'FILE', brief: 'Certificates of authorities to trust too, PEM' },
  },
  load: () => import('../actions/edge-check.js'),
});
