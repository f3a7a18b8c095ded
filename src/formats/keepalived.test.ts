import { describe, expect, it } from 'vitest';
import { encodeKeepalived } from './keepalived.js';

describe('encodeKeepalived', () => {
  it('writes blocks within blocks, and quotes what would be split', () => {
    const lines = [['interval', 1], ['script', '/bin/check now'], { head: ['peers'], lines: [['10.0.0.1']] }];
    expect(encodeKeepalived([{ head: ['vrrp_script', 'check'], lines }])).toBe(
      'vrrp_script check {\n  interval 1\n  script "/bin/check now"\n  peers {\n    10.0.0.1\n  }\n}\n',
    );
  });

  it('names variables', () => {
    expect(encodeKeepalived([{ head: ['x'], lines: [['interface', { variable: 'NAME' }]] }])).toBe(
      'x {\n  interface $NAME\n}\n',
    );
    expect(() => encodeKeepalived([{ head: ['x'], lines: [[{ variable: 'a b' }]] }])).toThrow(TypeError);
  });

  it.each(['a\nb', 'a }', '# comment', '$VARIABLE', '@^host', '"quoted"', ''])('refuses %j', (word) => {
    expect(() => encodeKeepalived([{ head: ['x'], lines: [[word]] }])).toThrow(TypeError);
  });
});
