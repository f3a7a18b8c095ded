import { describe, expect, it } from 'vitest';
import { componentVersions, SUPPORTED_MINORS, supportedKubernetesVersions } from '../releases/catalogue.js';
import { readComponentOptions } from './index.js';
import { whyReservedOption } from './reserved-options.js';
import { misfitOfField, misfitOfFlag } from './rules/option-values.js';
import { COMPONENT_NAMES } from './types.js';

describe('what components take', () => {
  it.each(SUPPORTED_MINORS)('is on record for every component of %s', (minor) => {
    const known = readComponentOptions(`${minor}.0`);
    expect(Object.keys(known).sort()).toEqual([...COMPONENT_NAMES].sort());
    expect(known.apiServer).toMatchObject({ 'max-requests-inflight': 'int', profiling: 'bool', v: 'int' });
    expect(known.etcd).toMatchObject({ 'auto-compaction-retention': 'string', 'quota-backend-bytes': 'int' });
    expect(known.kubelet).toMatchObject({
      maxPods: 'int',
      evictionHard: 'map',
      resolvConf: 'string',
      logging: 'object',
    });
    expect(known.kubeProxy).toMatchObject({ mode: 'string', conntrack: 'object', nodePortAddresses: 'list' });
    expect(known.apiServer).not.toHaveProperty('help');
  });

  it('is not on record for what is no version, or of no supported minor', () => {
    expect(Object.keys(readComponentOptions('1.2.3'))).toEqual(['etcd']);
    expect(readComponentOptions('../1.36.4')).toEqual({});
  });

  it('is of the etcd that clusters are run with', () => {
    for (const version of supportedKubernetesVersions()) expect(componentVersions(version).etcd).toMatch(/^3\.6\./);
  });
});

describe('what Ironkeel decides', () => {
  it.each([
    ['apiServer', 'etcd-servers'],
    ['apiServer', 'encryption-provider-config-automatic-reload'],
    ['controllerManager', 'node-cidr-mask-size-ipv4'],
    ['scheduler', 'kubeconfig'],
    ['etcd', 'listen-peer-urls'],
    ['kubelet', 'staticPodPath'],
    ['kubeProxy', 'clientConnection'],
  ] as const)('includes %s %s', (component, option) => {
    expect(whyReservedOption(component, option)).toMatch(/\S/);
  });

  it('leaves the rest to people', () => {
    expect(whyReservedOption('apiServer', 'max-requests-inflight')).toBeUndefined();
    expect(whyReservedOption('etcd', 'snapshot-count')).toBeUndefined();
    expect(whyReservedOption('kubelet', 'maxPods')).toBeUndefined();
  });
});

describe('values of options', () => {
  it.each([
    [true, 'bool', true],
    ['false', 'bool', true],
    [1, 'bool', false],
    [-1, 'int', true],
    ['7', 'int', true],
    [1.5, 'int', false],
    [1.5, 'float', true],
    ['', 'float', false],
    ['1h30m', 'duration', true],
    ['0.5s', 'duration', true],
    [0, 'duration', true],
    ['5', 'duration', false],
    ['5 s', 'duration', false],
    ['10.0.0.1', 'ip', true],
    ['::', 'ip', true],
    ['localhost', 'ip', false],
    [['a', 'b'], 'list', true],
    [['a', 'b'], 'string', true],
    [['true'], 'bool', false],
    [['a'], 'repeated', true],
    [['a', 'b'], 'repeated', false],
  ] as const)('%j as a flag of the type %s: %s', (value, type, fits) => {
    expect(misfitOfFlag(value, type) === undefined).toBe(fits);
  });

  it.each([
    [true, 'bool', true],
    ['true', 'bool', false],
    [5, 'int', true],
    ['5', 'int', false],
    ['5m', 'duration', true],
    [5, 'duration', false],
    [['a'], 'list', true],
    ['a', 'list', false],
    [{ a: 1 }, 'map', true],
    [['a'], 'object', false],
    [null, 'map', false],
    [0.8, 'float', true],
    ['a', 'string', true],
    [1, 'string', false],
  ] as const)('%j as a field of the type %s: %s', (value, type, fits) => {
    expect(misfitOfField(value, type) === undefined).toBe(fits);
  });
});
