/** An IPv4 address as an unsigned 32-bit number. The text has been validated before. */
export function ipv4ToNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** The dotted form of an unsigned 32-bit number. */
export function numberToIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/**
 * The address at an offset from the start of a CIDR block.
 * @example addressInRange('10.3.0.0/16', 10) // '10.3.0.10'
 */
export function addressInRange(cidr: string, offset: number): string {
  const [base = '', prefix = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  if (offset >= size) throw new RangeError(`${cidr} has no address number ${offset}`);
  const start = Math.floor(ipv4ToNumber(base) / size) * size;
  return numberToIpv4(start + offset);
}

/**
 * Whether an address, or every address of a CIDR block, lies in another block.
 * @example ipv4Covers('10.10.10.0/24', '10.10.10.7') // true
 */
export function ipv4Covers(range: string, text: string): boolean {
  const [base = '', prefix = '32'] = range.split('/');
  const [address = '', length = '32'] = text.split('/');
  const size = 2 ** (32 - Number(prefix));
  const block = (one: string) => Math.floor(ipv4ToNumber(one) / size);
  return Number(length) >= Number(prefix) && block(base) === block(address);
}
