import { describe, expect, it } from 'vitest';
import { isImageName } from './image-name.js';

const DIGEST = `@sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the name of an image', () => {
  it.each([
    'nginx',
    'nginx:1.27',
    'docker.io/library/nginx:latest',
    'registry.lan:5000/lost/found:V1_a.b-c',
    'localhost/a',
    `r.lan/a__b/c--d/e.f${DIGEST}`,
    `r.lan/a:1${DIGEST}`,
    `${'a'.repeat(255)}:${'1'.repeat(128)}${DIGEST}`,
  ])('is %s', (text) => expect(isImageName(text)).toBe(true));

  it.each([
    '',
    'a b',
    'Upper/case',
    'https://r.lan/a',
    'a//b',
    'a/./b',
    'a/../b',
    'a/',
    'a:',
    'a___b',
    'a._b',
    '-r.lan/a',
    'r..lan/a',
    'a:1:2',
    `a:${'1'.repeat(129)}`,
    'a@sha256:abc',
    'a'.repeat(256),
    `${'a-'.repeat(5_000)}/`,
  ])('is not %s', (text) => expect(isImageName(text)).toBe(false));
});
