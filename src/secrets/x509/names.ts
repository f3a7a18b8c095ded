import { isIPv4, isIPv6 } from 'node:net';
import { contextPrimitive, element, objectIdentifier, sequence, setOfOne, utf8String } from './der.js';

/** A distinguished name as Kubernetes reads it: CN is the user, O the group. */
export interface Subject {
  readonly commonName: string;
  readonly organization?: string | undefined;
}

const ORGANIZATION = objectIdentifier('2.5.4.10');
/** Object identifier (DER) of the attribute. */
export const COMMON_NAME = objectIdentifier('2.5.4.3');

/** Name (RFC 5280, 4.1.2.4), organization before common name. */
export function encodeSubject(subject: Subject): Buffer {
  const attribute = (type: Buffer, value: string) => setOfOne(sequence(type, utf8String(value)));
  const commonName = attribute(COMMON_NAME, subject.commonName);
  if (subject.organization === undefined) return sequence(commonName);
  return sequence(attribute(ORGANIZATION, subject.organization), commonName);
}

/** GeneralNames: DNS names, then IP addresses (text form, either family). */
export function encodeGeneralNames(dnsNames: readonly string[], ipAddresses: readonly string[]): Buffer {
  return sequence(
    ...dnsNames.map((name) => contextPrimitive(2, Buffer.from(name, 'latin1'))),
    ...ipAddresses.map((address) => contextPrimitive(7, addressOctets(address))),
  );
}

/** GeneralName of a DNS name, as name constraints hold it. */
export function dnsGeneralName(name: string): Buffer {
  return element(0x82, Buffer.from(name, 'latin1'));
}

/**
 * The 4 or 16 octets of an IP address.
 *
 * @throws RangeError for a text that is no IP address.
 */
export function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (isIPv6(address) && !address.includes('%')) return ipv6Octets(address);
  throw new RangeError(`"${address}" is no IP address`);
}

function ipv6Octets(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const left = groupOctets(head);
  const right = groupOctets(tail ?? '');
  return Buffer.concat([left, Buffer.alloc(16 - left.length - right.length), right]);
}

function groupOctets(groups: string): Buffer {
  if (groups === '') return Buffer.alloc(0);
  const octets = groups.split(':').map((group) => {
    return group.includes('.') ? group.split('.').map(Number) : [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff];
  });
  return Buffer.from(octets.flat());
}

/** Text of 4 or 16 octets; IPv6 in the canonical form of RFC 5952. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return [...octets].join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((octets[at * 2] ?? 0) << 8) | (octets[at * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
