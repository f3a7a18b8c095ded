import { describe, expect, it } from 'vitest';
import { blockOf, highestFree, holds, isPrivate, netmask } from './address.js';

describe('blocks of addresses', () => {
  it.each([
    ['10.10.10.7', 24, '10.10.10.0'],
    ['10.10.10.7', 30, '10.10.10.4'],
    ['255.255.255.255', 8, '255.0.0.0'],
  ])('%s lies in a /%d from %s', (address, prefixLength, network) => {
    expect(blockOf(address, prefixLength)).toEqual({ network, prefixLength });
  });

  it('know their own', () => {
    const block = { network: '10.10.8.0', prefixLength: 21 };
    expect(['10.10.8.0', '10.10.15.255', '10.10.16.0', '10.10.7.255'].map((each) => holds(block, each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('give the highest address that is free, the broadcast address never', () => {
    const block = { network: '10.0.0.0', prefixLength: 30 };
    expect(highestFree(block, new Set())).toBe('10.0.0.2');
    expect(highestFree(block, new Set(['10.0.0.2']))).toBe('10.0.0.1');
    expect(() => highestFree(block, new Set(['10.0.0.1', '10.0.0.2']))).toThrow('no address left');
  });

  it('have masks', () => expect([8, 20, 24, 30].map(netmask).at(1)).toBe('255.255.240.0'));
});

it.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['123.234.234.123', false],
])('%s is private: %s', (address, expected) => expect(isPrivate(address)).toBe(expected));
