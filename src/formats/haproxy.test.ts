import { describe, expect, it } from 'vitest';
import { encodeHaproxy } from './haproxy.js';

describe('encodeHaproxy', () => {
  it('writes sections and their lines', () => {
    const sections = [
      { head: ['global'], lines: [['maxconn', 10]] },
      { head: ['frontend', 'api'], lines: [['bind', '127.0.0.1:7443']] },
    ];
    expect(encodeHaproxy(sections)).toBe('global\n  maxconn 10\n\nfrontend api\n  bind 127.0.0.1:7443\n');
  });

  it('quotes what the parser would split or interpret', () => {
    const lines = [['a b', '#c', '"d"', '$E', '\\f', "g'h", '']];
    expect(encodeHaproxy([{ head: ['x'], lines }])).toBe(`x\n  'a b' '#c' '"d"' '$E' '\\f' 'g'\\''h' ''\n`);
  });

  it('refuses what would change the structure', () => {
    expect(() => encodeHaproxy([{ head: ['x'], lines: [['a\n  user root']] }])).toThrow(TypeError);
  });
});
