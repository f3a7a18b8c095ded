import { describe, expect, it } from 'vitest';
import { attachDrives } from './report.js';

describe('attachDrives', () => {
  it.each([
    [['a'], 'attach a to its machine and switch it on.'],
    [['a', 'b'], 'attach a and b to their machines and switch them on, in any order.'],
    [['a', 'b', 'c', 'd', 'e'], 'attach a, b, c, d and e to their machines and switch them on, in any order.'],
    [
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      'attach a, b, c, d, e and 2 more to their machines and switch them on, in any order.',
    ],
  ])('says what to do with %j', (paths, sentence) => {
    expect(attachDrives(paths)).toBe(sentence);
  });
});
