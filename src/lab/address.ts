import { ipv4ToNumber, numberToIpv4 } from '../support/ipv4.js';

/** A block of IPv4 addresses: the first one and the prefix length. */
export interface Block {
  readonly network: string;
  readonly prefixLength: number;
}

/** The block an address lies in. */
export function blockOf(address: string, prefixLength: number): Block {
  const size = 2 ** (32 - prefixLength);
  return { network: numberToIpv4(Math.floor(ipv4ToNumber(address) / size) * size), prefixLength };
}

/** Whether a block holds an address. */
export function holds({ network, prefixLength }: Block, address: string): boolean {
  return blockOf(address, prefixLength).network === network;
}

/** The highest address for a host in the block that is not among `taken`. @throws RangeError when the block is full. */
export function highestFree({ network, prefixLength }: Block, taken: ReadonlySet<string>): string {
  const first = ipv4ToNumber(network);
  for (let offset = 2 ** (32 - prefixLength) - 2; offset > 0; offset--) {
    const address = numberToIpv4(first + offset);
    if (!taken.has(address)) return address;
  }
  throw new RangeError(`${network}/${prefixLength} has no address left for the lab`);
}

/** The mask in dotted form. */
export function netmask(prefixLength: number): string {
  return numberToIpv4(2 ** 32 - 2 ** (32 - prefixLength));
}

const PRIVATE: readonly Block[] = [
  { network: '10.0.0.0', prefixLength: 8 },
  { network: '172.16.0.0', prefixLength: 12 },
  { network: '192.168.0.0', prefixLength: 16 },
  { network: '100.64.0.0', prefixLength: 10 },
];

/** Whether an address is of RFC 1918 or of the shared space of RFC 6598. */
export function isPrivate(address: string): boolean {
  return PRIVATE.some((block) => holds(block, address));
}
