import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import {
  COMPONENTS,
  componentVersions,
  defaultKubernetesVersion,
  installArtefacts,
  knownVersions,
  resolveArtefact,
  supportedKubernetesVersions,
} from './catalogue.js';

const PATHS = { binDir: '/opt/bin', cniBinDir: '/opt/cni/bin' };

interface RawCatalogue {
  readonly artifacts: Record<string, { url: string; versions: Record<string, Record<string, string>> }>;
}

describe('the catalogue', () => {
  it('holds whole SHA-256 sums and HTTPS addresses only', () => {
    const file = new URL('../../data/releases.json', import.meta.url);
    const { artifacts } = JSON.parse(readFileSync(file, 'utf8')) as RawCatalogue;
    for (const { url, versions } of Object.values(artifacts)) {
      expect(url).toMatch(/^https:\/\/[^ ]+$/);
      for (const sums of Object.values(versions)) {
        for (const sum of Object.values(sums)) expect(sum).toMatch(/^[0-9a-f]{64}$/);
      }
    }
  });

  it('gives URL, checksum and format of a component', () => {
    expect(resolveArtefact('kubelet', '1.36.4', 'amd64')).toEqual({
      url: 'https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet',
      sha256: 'cf2562db46c48ab84cc3791540778ee7fb1a0a008529adbb434723dd02ed8b4b',
      format: 'binary',
    });
    expect(resolveArtefact('gateway-api-crds', '1.5.1', 'arm64').format).toBe('yaml');
  });

  it('names what it knows when it lacks a version or a component', () => {
    expect(() => resolveArtefact('crictl', '9.9.9', 'amd64')).toThrow(InputError);
    expect(remedyOf(() => resolveArtefact('crictl', '9.9.9', 'amd64'))).toContain('1.36.0, 1.35.0');
    expect(remedyOf(() => resolveArtefact('toString', '1', 'amd64'))).toContain('kubelet');
    expect(remedyOf(() => resolveArtefact('kubelet', 'constructor', 'amd64'))).toContain('1.36.4');
  });

  it('sorts versions as versions, newest first', () => {
    expect(knownVersions('etcd').indexOf('3.6.10')).toBeLessThan(knownVersions('etcd').indexOf('3.6.9'));
    expect(supportedKubernetesVersions()[0]).toBe('1.36.4');
    expect(supportedKubernetesVersions()).toContain(defaultKubernetesVersion);
  });
});

describe('componentVersions', () => {
  it('goes with the Kubernetes version, and every one can be fetched', () => {
    for (const version of supportedKubernetesVersions()) {
      const versions = componentVersions(version);
      expect(versions.crictl.split('.')[1]).toBe(version.split('.')[1]);
      for (const component of COMPONENTS) {
        for (const arch of ['amd64', 'arm64'] as const) resolveArtefact(component, versions[component], arch);
      }
    }
    expect(componentVersions('1.36.4')).toEqual({
      kubelet: '1.36.4',
      kubectl: '1.36.4',
      etcd: '3.6.14',
      containerd: '2.3.4',
      runc: '1.4.3',
      'cni-plugins': '1.9.1',
      crictl: '1.36.0',
    });
  });

  it('refuses a Kubernetes that is not in the catalogue', () => {
    expect(remedyOf(() => componentVersions('1.20.0'))).toContain('1.36.4');
  });
});

describe('installArtefacts', () => {
  const names = (...args: Parameters<typeof installArtefacts>) => installArtefacts(...args).map(({ name }) => name);

  it('gives each role what it runs, and containerd only where the system has none', () => {
    const worker = names('worker', 'amd64', '1.36.4', PATHS, { bringsContainerd: true });
    expect(worker).toEqual(['kubelet', 'cni-plugins', 'crictl']);
    const controller = names('controller', 'arm64', '1.36.4', PATHS, { bringsContainerd: false });
    expect(controller).toEqual(['kubelet', 'containerd', 'runc', 'cni-plugins', 'crictl', 'kubectl', 'etcd']);
  });

  it('puts every program at one place of its own', () => {
    const all = installArtefacts('controller', 'arm64', '1.36.4', PATHS, { bringsContainerd: false });
    const places = all.flatMap(({ members }) => members.map(({ to }) => to));
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(expect.arrayContaining(['/opt/bin/kubelet', '/opt/bin/runc', '/opt/cni/bin/loopback']));
    expect(all.find(({ name }) => name === 'etcd')?.members[0]).toEqual({
      from: 'etcd-v3.6.14-linux-arm64/etcdctl',
      to: '/opt/bin/etcdctl',
      mode: 0o755,
    });
  });
});

function remedyOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.problems[0]?.remedy ?? '';
    throw error;
  }
  return 'nothing was refused';
}
