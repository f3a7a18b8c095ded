import { describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import type { Bundle } from './bundle.js';
import { componentVersions } from './catalogue.js';
import { type Lock, parseLock, serialiseLock } from './lock.js';

const LOCK: Lock = {
  version: 1,
  clusterId: '6b0e0f2e-3f4e-4b0c-9d39-0a1b2c3d4e5f',
  kubernetes: '1.36.4',
  components: componentVersions('1.36.4'),
  machines: {
    worker1: { generation: 3, digest: 'a'.repeat(64) },
    controller: { generation: 1, digest: 'b'.repeat(64) },
  },
};

const FILE = {
  path: 'dl.k8s.io/kubelet',
  sha256: 'c'.repeat(64),
  size: 3,
  component: 'kubelet',
  componentVersion: '1.36.4',
  arch: 'amd64' as const,
};
const IMAGE = {
  name: 'registry.k8s.io/pause:3.10.2',
  component: 'pause',
  digest: `sha256:${'d'.repeat(64)}`,
  archive: 'images/pause.tar',
  sha256: 'e'.repeat(64),
  arch: 'amd64' as const,
};

describe('the lock', () => {
  it('comes back as it was written', () => {
    expect(parseLock(serialiseLock(LOCK))).toEqual(LOCK);
  });

  it('is the same text whatever the order of its parts', () => {
    const machines = Object.fromEntries(Object.entries(LOCK.machines).reverse());
    const components = Object.fromEntries(Object.entries(LOCK.components).reverse()) as unknown as Lock['components'];
    expect(serialiseLock({ machines, components, kubernetes: '1.36.4', clusterId: LOCK.clusterId, version: 1 })).toBe(
      serialiseLock(LOCK),
    );
    expect(Object.keys(JSON.parse(serialiseLock(LOCK)).machines)).toEqual(['controller', 'worker1']);
  });

  it('keeps what it pins and which cluster came up, and need not have either', () => {
    expect(serialiseLock(LOCK)).not.toMatch(/bundle|bringUp/);
    const bundle: Bundle = {
      version: 1,
      kubernetes: '1.36.4',
      architectures: ['amd64'],
      files: [FILE],
      images: [IMAGE],
    };
    const whole: Lock = { ...LOCK, bringUp: { kubeSystemUid: LOCK.clusterId }, bundle };
    const text = serialiseLock(whole);
    expect(parseLock(text)).toEqual(whole);
    const harmed = (from: string, to: string) => () => parseLock(text.replace(from, to));
    expect(harmed('"kubeSystemUid": "6', '"kubeSystemUid": "x')).toThrow('its bringUp has no UID');
    expect(harmed('"images/pause.tar"', '"../pause.tar"')).toThrow('its bundle: image 1 is incomplete or lies outside');
    expect(harmed('"size": 3', '"size": -3')).toThrow('its bundle: file 1');
  });

  it.each([
    ['cut short', serialiseLock(LOCK).slice(0, 90), 'is not JSON'],
    ['another shape', '[]', 'is not an object'],
    ['another version', serialiseLock(LOCK).replace('"version": 1', '"version": 2'), 'its version is not 1'],
    ['no cluster', serialiseLock(LOCK).replace('6b0e0f2e', 'x'), 'its clusterId is not a UUID'],
    ['a component missing', serialiseLock(LOCK).replace('"runc"', '"rune"'), 'its components are incomplete'],
    ['a generation of zero', serialiseLock(LOCK).replace('"generation": 3', '"generation": 0'), 'machine worker1'],
    ['a digest cut', serialiseLock(LOCK).replace('b'.repeat(64), 'b'.repeat(63)), 'machine controller'],
  ])('is refused with the remedy when it is corrupt: %s', (_, text, message) => {
    expect(() => parseLock(text, 'x/ironkeel.lock')).toThrow(message);
    try {
      parseLock(text);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).problems[0]?.remedy).toContain('Restore ironkeel.lock');
    }
  });
});
