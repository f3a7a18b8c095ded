import { netmask } from './address.js';
import type { LabPlan } from './types.js';

/**
 * The configuration of the router's dnsmasq(8): DHCP that gives each machine its address of the inventory, and names
 * of this lab alone. Nobody behind it is asked: every other name does not exist.
 */
export function dnsmasqConfig({ segments, machines, dns }: LabPlan, leases: string): string {
  const lines = [
    'keep-in-foreground',
    // The lab's folder is root's alone.
    'user=root',
    'group=root',
    'pid-file=',
    'log-facility=-',
    'no-resolv',
    'no-hosts',
    'local=/#/',
    'bogus-priv',
    'local-ttl=5',
    'dhcp-authoritative',
    // Asking first whether an address is free takes three seconds of each boot.
    'no-ping',
    `dhcp-leasefile=${leases}`,
    ...segments.flatMap(({ name, network, prefixLength, routers: [router = ''] }) => [
      `dhcp-range=set:${name},${network},static,${netmask(prefixLength)},12h`,
      `dhcp-option=tag:${name},option:router,${router}`,
      `dhcp-option=tag:${name},option:dns-server,${router}`,
    ]),
    ...machines.map(({ mac, ip }) => `dhcp-host=${mac},${ip}`),
    ...dns.hosts.flatMap(([name, addresses]) => addresses.map((address) => `host-record=${name},${address}`)),
    ...dns.domains.flatMap(([name, addresses]) => addresses.map((address) => `address=/${name}/${address}`)),
  ];
  return `${lines.join('\n')}\n`;
}
