import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { placeOverlay } from './disk.js';
import { machineOverlay } from './overlay.js';
import { planLab } from './topology.js';
import type { Lab } from './types.js';

const machines = [
  testMachine('controller', '10.10.10.1', 'controller'),
  testMachine('worker1', '10.10.10.2', 'worker', { os: 'debian' }),
];

function lab(over: Partial<Lab> = {}): Lab {
  const plan = planLab(testCluster({ machines }), 'id');
  return { plan, folder: '/lab', cache: '/', clusterFolder: '/c', driver: 'nspawn', provision: 'drive', ...over };
}

function entries(index: number, over: Partial<Lab> = {}) {
  const found = lab(over).plan.machines[index];
  if (found === undefined) throw new Error('no such machine');
  return machineOverlay(lab(over), found, '6.1.0');
}

const pathsOf = (index: number, over?: Partial<Lab>) => entries(index, over).map(({ path }) => path);
const textOf = (index: number, path: string, over?: Partial<Lab>) =>
  entries(index, over).find((entry) => entry.path === path)?.content;

describe('the overlay', () => {
  it('has one line a path, each with its reason', () => {
    for (const index of [0, 1]) {
      expect(new Set(pathsOf(index)).size).toBe(pathsOf(index).length);
      expect(entries(index).filter(({ path, why }) => !path.startsWith('/') || why === '')).toEqual([]);
    }
  });

  it('points install.sh at the mirror where there is one', () => {
    const path = '/etc/systemd/system/ironkeel-install.service.d/90-lab.conf';
    expect(textOf(1, path)).toBeUndefined();
    expect(textOf(1, path, { bundle: '/bundle' })).toContain('IRONKEEL_MIRROR=http://10.10.10.254:8080\n');
  });

  it('starts the containerd that the machine has', () => {
    const path = '/etc/systemd/system/containerd.service.d/90-lab.conf';
    expect(textOf(0, path)).toContain('\nExecStart=/usr/bin/containerd --config ');
    expect(textOf(1, path)).toContain('\nExecStart=/usr/local/bin/containerd --config ');
  });

  it('replaces kube-proxy’s configuration where manifests are applied', () => {
    const path = '/etc/kubernetes/addons.d/90-lab-kube-proxy.yaml';
    expect(textOf(0, path, { kubeProxy: 'kind: ConfigMap\n' })).toBe('kind: ConfigMap\n');
    expect(pathsOf(1, { kubeProxy: 'kind: ConfigMap\n' })).not.toContain(path);
    expect(pathsOf(0)).not.toContain(path);
  });

  it('unmasks nothing of the product', () => {
    const links = entries(0).filter(({ kind, content }) => kind === 'link' && content === '/dev/null');
    expect(links.map(({ path }) => path).filter((path) => /ironkeel|kubelet|containerd/.test(path))).toEqual([]);
  });
});

describe('a machine’s disk', () => {
  let disk = '';
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'ironkeel-disk-'));
  });
  afterEach(() => rmSync(disk, { recursive: true }));

  it('gets the overlay, and the same again', () => {
    for (let run = 0; run < 2; run++) placeOverlay(disk, entries(1));
    for (const { path, kind, content } of entries(1)) {
      const target = join(disk, path);
      expect(kind === 'link' ? readlinkSync(target) : readFileSync(target, 'utf8')).toBe(content);
    }
  });

  it('is not written through a link that the machine made', () => {
    mkdirSync(join(disk, 'etc/lab'), { recursive: true });
    symlinkSync('/nonexistent/victim', join(disk, 'etc/lab/containerd-config'));
    placeOverlay(disk, entries(0));
    expect(readFileSync(join(disk, 'etc/lab/containerd-config'), 'utf8')).toContain('#!/bin/sh');
  });
});
