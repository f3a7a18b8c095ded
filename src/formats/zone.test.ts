import { describe, expect, it } from 'vitest';
import { encodeZone } from './zone.js';

describe('encodeZone', () => {
  it('writes absolute names in columns', () => {
    const record = { ttl: 300, type: 'A', value: '192.0.2.1' };
    expect(
      encodeZone([
        { ...record, name: 'example.com' },
        { ...record, name: '*.example.com' },
      ]),
    ).toBe('example.com.    300  IN  A  192.0.2.1\n*.example.com.  300  IN  A  192.0.2.1\n');
    expect(encodeZone([])).toBe('');
  });

  it.each(['a b', 'a;b', '"a"', '(a', '@', 'a\nb', 'a\\b', ''])('refuses the name %j', (name) => {
    expect(() => encodeZone([{ name, ttl: 1, type: 'A', value: '192.0.2.1' }])).toThrow(TypeError);
  });
});
