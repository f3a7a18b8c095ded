import { expect, it } from 'vitest';
import { directive, encodeCorefile } from './corefile.js';

it('writes one directive a line and indents blocks', () => {
  const file = encodeCorefile([
    directive('.:53', [directive('errors'), directive('health', [directive('lameduck 5s')])]),
  ]);
  expect(file).toBe('.:53 {\n    errors\n    health {\n        lameduck 5s\n    }\n}\n');
});

it('refuses a word that would end its line or its block', () => {
  expect(() => encodeCorefile([{ words: ['forward', 'a }'] }])).toThrow(TypeError);
});
