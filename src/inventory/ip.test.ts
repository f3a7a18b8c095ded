import { describe, expect, it } from 'vitest';
import { explainBadIp, formatIp, isPrivate, overlaps, parseIp, parseRange } from './ip.js';

describe('parseIp', () => {
  it.each(['0.0.0.0', '10.10.10.1', '123.234.234.123', '255.255.255.255'])('reads %s', (text) => {
    expect(formatIp(parseIp(text) ?? -1)).toBe(text);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '010.1.2.3',
    '1.2.3.256',
    '1.2.3.4/24',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '0x1.2.3.4',
    '1..2.3',
    '::1',
    '١.2.3.4',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('explains leading zeros with the address that was meant', () => {
    expect(explainBadIp('010.1.2.3').remedy).toContain('10.1.2.3');
    expect(explainBadIp('fe80::1').code).toBe('coming-ipv6');
  });
});

describe('parseRange', () => {
  it('gives the block an address lies in', () => {
    expect(parseRange('10.2.3.4/16')).toEqual({ first: 0x0a020000, last: 0x0a02ffff, prefix: 16, text: '10.2.0.0/16' });
    expect(parseRange('255.255.255.255/32')?.last).toBe(0xffffffff);
    expect(parseRange('0.0.0.0/0')).toMatchObject({ first: 0, last: 0xffffffff });
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/-1', '10.0.0/8', '010.0.0.0/8'])(
    'refuses %s',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );

  it('tells overlaps', () => {
    const block = (text: string) => parseRange(text) ?? expect.unreachable();
    expect(overlaps(block('10.0.0.0/8'), block('10.2.0.0/16'))).toBe(true);
    expect(overlaps(block('10.2.0.0/16'), block('10.3.0.0/16'))).toBe(false);
  });
});

describe('isPrivate', () => {
  it.each([
    ['10.0.0.1', true],
    ['172.15.255.255', false],
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['100.64.0.1', true],
    ['192.168.0.1', true],
    ['123.234.234.123', false],
  ])('%s: %s', (text, expected) => {
    expect(isPrivate(parseIp(text) ?? -1)).toBe(expected);
  });
});
