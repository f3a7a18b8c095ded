import { Address4 } from 'ip-address';

/** A block of IPv4 addresses; `first` and `last` as 32-bit numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
  /** Canonical CIDR notation. */
  readonly text: string;
}

/**
 * The address as a 32-bit number; undefined for anything but four plain decimal numbers. By hand, since every
 * address of a large inventory is read several times.
 */
export function parseIp(text: string): number | undefined {
  const octets = text.length <= 15 && /^[0-9.]+$/.test(text) ? text.split('.') : [];
  if (octets.length !== 4 || octets.some((octet) => !/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255))
    return undefined;
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** The block that `ADDRESS/LENGTH` lies in; undefined when it cannot be read. */
export function parseRange(text: string): Range | undefined {
  const [, address = '', length = ''] = /^([0-9.]{7,15})\/(\d{1,2})$/.exec(text) ?? [];
  if (parseIp(address) === undefined || !Address4.isValid(text) || String(Number(length)) !== length) return undefined;
  const block = new Address4(text);
  const start = block.startAddress();
  const prefix = block.subnetMask;
  return {
    first: toNumber(start),
    last: toNumber(block.endAddress()),
    prefix,
    text: `${start.correctForm()}/${prefix}`,
  };
}

/** Four decimal numbers again. */
export function formatIp(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** Whether the address lies in the block. */
export function contains({ first, last }: Range, address: number): boolean {
  return first <= address && address <= last;
}

/** Whether two blocks have an address in common. */
export function overlaps(left: Range, right: Range): boolean {
  return left.first <= right.last && right.first <= left.last;
}

function toNumber(address: Address4): number {
  return address.toArray().reduce((sum, octet) => sum * 256 + octet, 0);
}

/** Blocks that are not reachable from the Internet: RFC 1918, RFC 6598 (carriers' NAT), loopback, link-local. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'];
/** Blocks no interface of a machine may have (RFC 6890): this network, loopback, link-local, multicast, reserved, broadcast. */
const UNUSABLE: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'belongs to "this network"'],
  ['127.0.0.0/8', 'is a loopback address'],
  ['169.254.0.0/16', 'is a link-local address'],
  ['224.0.0.0/4', 'is a multicast address'],
  ['240.0.0.0/4', 'is reserved'],
];

const privateRanges = PRIVATE.flatMap((text) => parseRange(text) ?? []);
const unusableRanges = UNUSABLE.flatMap(([text, reason]) => {
  const range = parseRange(text);
  return range === undefined ? [] : [{ range, reason }];
});

/** Whether the Internet cannot reach the address. */
export function isPrivate(address: number): boolean {
  return privateRanges.some((range) => contains(range, address));
}

/** Why no machine can have this address, or undefined. */
export function whyUnusable(address: number): string | undefined {
  return unusableRanges.find(({ range }) => contains(range, address))?.reason;
}

/** Why no network can have this range, or undefined. */
export function whyUnusableRange(wanted: Range): string | undefined {
  return unusableRanges.find(({ range }) => overlaps(range, wanted))?.reason;
}

/** What is wrong with a text that {@link parseIp} refuses, and what to do. */
export function explainBadIp(text: string): {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
} {
  if (/^(\d{1,10}\.){3}\d{1,10}$/.test(text) && /(^|\.)0\d/.test(text)) {
    const plain = text.split('.').map(Number).join('.');
    const message = `"${text}" has a leading zero, which some programs read as octal`;
    const remedy =
      parseIp(plain) === undefined
        ? 'write each number from 0 to 255, without leading zeros'
        : `did you mean "${plain}"?`;
    return { code: 'bad-ip', message, remedy };
  }
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%/]*$/i.test(text)) {
    return { code: 'coming-ipv6', message: 'IPv6 addresses are not supported yet', remedy: 'give an IPv4 address' };
  }
  const [address = ''] = text.split('/', 1);
  if (text.includes('/') && parseIp(address) !== undefined) {
    return {
      code: 'bad-ip',
      message: 'an address without a prefix length belongs here',
      remedy: `did you mean "${address}"?`,
    };
  }
  return {
    code: 'bad-ip',
    message: 'this is no IPv4 address',
    remedy: 'write four numbers from 0 to 255, such as 10.10.10.1',
  };
}
