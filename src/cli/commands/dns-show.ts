import { command } from '../command.js';
import { off } from './parameters.js';

export type DnsShowFlags = { readonly zone: boolean };

export const dnsShow = command<DnsShowFlags, []>({
  brief: 'Print the records that your domains need',
  description:
    'Prints the A records that your DNS has to show: every domain and all below it at each edge that serves it, and the endpoint of the API at each controller where it is a name. Nothing is asked and nothing is changed.',
  usage: '[--zone] [--output json]',
  examples: [
    ['ironkeel dns', 'as a table, to type into a provider’s page'],
    ['ironkeel dns --zone', 'as lines of a zone file, for BIND and others'],
    ['ironkeel dns --output json', 'for scripts'],
  ],
  flags: { zone: { ...off, brief: 'Lines of a zone file in place of a table' } },
  load: () => import('../actions/dns-show.js'),
});
