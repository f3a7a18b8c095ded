import { describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import { type Bundle, parseBundle, serialiseBundle } from './bundle.js';

const BUNDLE: Bundle = {
  version: 1,
  kubernetes: '1.36.4',
  architectures: ['amd64', 'arm64'],
  files: [
    { path: 'a/extra', sha256: '1'.repeat(64), size: 0 },
    {
      path: 'b/kubelet',
      sha256: '2'.repeat(64),
      size: 5,
      component: 'kubelet',
      componentVersion: '1.36.4',
      arch: 'arm64',
    },
  ],
  images: [
    {
      name: 'docker.io/library/haproxy:3.2-alpine',
      digest: `sha256:${'3'.repeat(64)}`,
      archive: 'images/haproxy.tar',
      sha256: '4'.repeat(64),
      arch: 'amd64',
    },
  ],
};

describe('a bundle', () => {
  it('comes back as it was written', () => {
    expect(parseBundle(serialiseBundle(BUNDLE))).toEqual(BUNDLE);
  });

  it('is the same text whatever the order of its parts', () => {
    const { version, kubernetes, architectures, files, images } = BUNDLE;
    const turned = { images, files: [...files].reverse(), architectures: [...architectures].reverse() };
    expect(serialiseBundle({ ...turned, kubernetes, version })).toBe(serialiseBundle(BUNDLE));
  });

  it.each([
    ['cut short', '{"version":', 'is not JSON'],
    ['another shape', '[]', 'is not an object'],
    ['another version', text((b) => ({ ...b, version: 2 })), 'its version is not 1'],
    ['an unknown architecture', text((b) => ({ ...b, architectures: ['s390x'] })), 'its architectures'],
    ['no images', text((b) => ({ ...b, images: undefined })), 'its images are missing'],
    ['a path out of the folder', text((b) => ({ ...b, files: [{ ...b.files[0], path: 'a/../../b' }] })), 'file 1'],
    ['an absolute path', text((b) => ({ ...b, files: [{ ...b.files[0], path: '/b' }] })), 'file 1'],
    ['a path with a space', text((b) => ({ ...b, files: [{ ...b.files[0], path: 'a b' }] })), 'file 1'],
    ['a component without version', text((b) => ({ ...b, files: [{ ...b.files[0], component: 'x' }] })), 'file 1'],
    ['a digest cut', text((b) => ({ ...b, images: [{ ...b.images[0], digest: 'sha256:12' }] })), 'image 1'],
    ['a name with a quote', text((b) => ({ ...b, images: [{ ...b.images[0], name: `a'b` }] })), 'image 1'],
  ])('is refused when it is corrupt: %s', (_, harmed, message) => {
    expect(() => parseBundle(harmed)).toThrow(InputError);
    expect(() => parseBundle(harmed, 'x/bundle.json')).toThrow(message);
  });
});

function text(change: (bundle: Bundle) => unknown): string {
  return JSON.stringify(change(BUNDLE));
}
