import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import type { Bundle, BundleFile } from './bundle.js';
import {
  COMPONENTS,
  componentVersions,
  defaultKubernetesVersion,
  installArtefacts,
  knownVersions,
  pinnedKubernetesVersions,
  resolveArtefact,
  SUPPORTED_MINORS,
  supportedKubernetesVersions,
} from './catalogue.js';

/** Of a supported minor; released after the catalogue was filled. */
const UNPINNED = '1.37.2';
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

  it('knows a release of a supported minor that is not in the catalogue, and its crictl', () => {
    expect(supportedKubernetesVersions()).not.toContain(UNPINNED);
    expect(componentVersions(UNPINNED)).toEqual({
      ...componentVersions('1.36.4'),
      kubelet: UNPINNED,
      kubectl: UNPINNED,
      crictl: '1.37.0',
    });
  });

  it.each(['1.20.0', '1.38.0', '1.37', 'v1.37.2', '1.37.2-rc.0', '1.37.2+x', '01.37.2', ''])(
    'refuses %j',
    (version) => {
      expect(remedyOf(() => componentVersions(version))).toContain('1.36.4');
    },
  );

  it('has the flags of every supported minor on record, and no minor besides', () => {
    const folder = new URL('../../data/flags/', import.meta.url);
    const recorded = readdirSync(folder).flatMap((name) => /^kubernetes-(.+)\.json$/.exec(name)?.[1] ?? []);
    expect(recorded.sort()).toEqual([...SUPPORTED_MINORS].sort());
  });
});

describe('a release that is not in the catalogue', () => {
  const file = (component: string, componentVersion = UNPINNED) => ({
    ...{ path: component, sha256: 'c'.repeat(64), size: 1, arch: 'amd64' as const, component, componentVersion },
  });
  const bundle = (...files: BundleFile[]): Bundle => ({
    ...{ version: 1, kubernetes: UNPINNED, architectures: ['amd64'], files, images: [] },
  });
  const whole = bundle(file('kubelet'), file('kubectl'), file('crictl', '1.37.0'));
  const install = (pins?: Bundle, arch: 'amd64' | 'arm64' = 'amd64') =>
    installArtefacts('controller', arch, UNPINNED, PATHS, { bringsContainerd: true }, { bundle: pins });

  it('is installed with the checksums that are pinned, and the catalogue’s for the rest', () => {
    const sums = Object.fromEntries(install(whole).map(({ name, sha256 }) => [name, sha256]));
    expect(sums).toEqual({
      kubelet: 'c'.repeat(64),
      kubectl: 'c'.repeat(64),
      crictl: 'c'.repeat(64),
      'cni-plugins': resolveArtefact('cni-plugins', '1.9.1', 'amd64').sha256,
      etcd: resolveArtefact('etcd', '3.6.14', 'amd64').sha256,
    });
    expect(install(whole)[0]?.url).toBe('https://dl.k8s.io/release/v1.37.2/bin/linux/amd64/kubelet');
  });

  it('is refused without them, for the architecture too, with the command that pins them', () => {
    expect(remedyOf(() => install())).toContain('ironkeel bundle');
    expect(remedyOf(() => install(bundle(file('kubelet'), file('kubectl'))))).toContain('ironkeel bundle');
    expect(remedyOf(() => install(whole, 'arm64'))).toContain('ironkeel bundle');
  });

  it('is pinned by a bundle with its kubelet and its kubectl', () => {
    expect(pinnedKubernetesVersions(whole)).toEqual([UNPINNED]);
    expect(pinnedKubernetesVersions(bundle(file('kubelet')))).toEqual([]);
    expect(pinnedKubernetesVersions(bundle(file('kubelet', '1.38.0'), file('kubectl', '1.38.0')))).toEqual([]);
  });
});

describe('installArtefacts', () => {
  const names = (...args: Parameters<typeof installArtefacts>) => installArtefacts(...args).map(({ name }) => name);

  it('gives each role what it runs, and containerd only where the system has none', () => {
    const worker = names('worker', 'amd64', '1.36.4', PATHS, { bringsContainerd: true });
    expect(worker).toEqual(['kubelet', 'cni-plugins', 'crictl']);
    const controller = names('controller', 'arm64', '1.36.4', PATHS, { bringsContainerd: false });
    expect(controller).toEqual(['containerd', 'runc', 'kubelet', 'cni-plugins', 'crictl', 'kubectl', 'etcd']);
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

describe('installArtefacts with a bundle', () => {
  const sum = (digit: string) => digit.repeat(64);
  const image = (name: string, arch: 'amd64' | 'arm64', digit: string) => ({
    name,
    arch,
    digest: `sha256:${sum(digit)}`,
    archive: `images/${digit}.tar`,
    sha256: sum(digit),
  });
  const bundle: Bundle = {
    version: 1,
    kubernetes: '1.36.4',
    architectures: ['amd64'],
    files: [
      { path: 'k', sha256: sum('a'), size: 1, component: 'kubelet', componentVersion: '1.36.4', arch: 'amd64' },
      { path: 'r', sha256: sum('b'), size: 1, component: 'runc', componentVersion: '0.0.1', arch: 'amd64' },
    ],
    images: [
      image('registry.k8s.io/pause:3.10.2', 'amd64', '1'),
      image('host:5000/app@sha256:0', 'amd64', '2'),
      image('registry.k8s.io/pause:3.10.2', 'arm64', '3'),
    ],
  };
  const install = (arch: 'amd64' | 'arm64', pins: Parameters<typeof installArtefacts>[5]) =>
    installArtefacts('worker', arch, '1.36.4', PATHS, { bringsContainerd: false }, pins);

  it('takes its checksum for the same component, version and architecture, and the catalogue’s otherwise', () => {
    const of = (arch: 'amd64' | 'arm64', name: string) => install(arch, { bundle }).find((one) => one.name === name);
    expect(of('amd64', 'kubelet')?.sha256).toBe(sum('a'));
    expect(of('arm64', 'kubelet')?.sha256).toBe(resolveArtefact('kubelet', '1.36.4', 'arm64').sha256);
    expect(of('amd64', 'runc')?.sha256).toBe(resolveArtefact('runc', '1.4.3', 'amd64').sha256);
  });

  it('adds the images that the machine runs and the bundle has, in the order given', () => {
    const images = ['host:5000/app@sha256:0', 'not/in:it', 'registry.k8s.io/pause:3.10.2'];
    const rows = install('amd64', { bundle, images }).filter(({ format }) => format === 'image');
    expect(rows).toEqual([
      {
        name: 'host:5000/app',
        version: 'sha256:0',
        url: 'images/2.tar',
        sha256: sum('2'),
        format: 'image',
        members: [],
      },
      {
        name: 'registry.k8s.io/pause',
        version: '3.10.2',
        url: 'images/1.tar',
        sha256: sum('1'),
        format: 'image',
        members: [],
      },
    ]);
    expect(install('amd64', { images }).some(({ format }) => format === 'image')).toBe(false);
  });

  it('adds the user’s archives to the machines of their roles, after the images', () => {
    const preload = [
      { source: 'https://example.com/app.tar', sha256: sum('4'), roles: ['worker' as const] },
      { source: 'images/db.tar', sha256: sum('5'), roles: ['controller' as const] },
    ];
    const rows = install('amd64', { bundle, preload, images: ['registry.k8s.io/pause:3.10.2'] }).slice(-2);
    expect(rows.map(({ name, url }) => [name, url])).toEqual([
      ['registry.k8s.io/pause', 'images/1.tar'],
      ['app.tar', 'https://example.com/app.tar'],
    ]);
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
