import { isIP } from 'node:net';
import { command } from '../command.js';

export type DnsCheckFlags = { readonly server?: string | undefined };

/** A DNS server to ask in place of the system's; `edge check` takes it too. */
export const dnsServer = {
  kind: 'parsed',
  parse: parseDnsServer,
  optional: true,
  placeholder: 'ADDRESS[:PORT]',
  brief: 'Ask this DNS server, not the system’s',
} as const;

export const dnsCheck = command<DnsCheckFlags, []>({
  brief: 'Ask DNS for these records and name each difference',
  description:
    'Asks DNS for every record that `ironkeel dns` prints (for a wildcard by a name that nobody else has) and names each difference with what to do about it. Ends with 1 when there is one.',
  usage: '[--server ADDRESS[:PORT]] [--output json]',
  examples: [
    ['ironkeel dns check', 'as this computer sees it'],
    ['ironkeel dns check --server 9.9.9.9', 'as others see it'],
    ['ironkeel dns check --output json', 'for monitoring'],
  ],
  flags: { server: dnsServer },
  load: () => import('../actions/dns-check.js'),
});

/**
 * A DNS server's address, with a port or not.
 *
 * @throws RangeError when it is none.
 */
export function parseDnsServer(text: string): string {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  if (isIP(address) !== 0 && (port === undefined || (Number(port) > 0 && Number(port) < 65_536))) return text;
  throw new RangeError(`${text} is no DNS server: give its address, such as 9.9.9.9 or 127.0.0.1:5353`);
}
