import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { planCluster } from './cluster-plan.js';
import { hostDirectory, planMachine, rootFile } from './machine-config.js';
import { sealConfig } from './seal.js';
import { testCluster, testMachine } from './testing/cluster.js';
import type { HostFile } from './types.js';
import { adoptUnit, installUnit, maskedUnit } from './units.js';

const adoptProgram = rootFile('/opt/bin/ironkeel-adopt', '#!/usr/bin/bash\n', 0o755);
const boot = [adoptUnit(adoptProgram.path)];

function planned(over: Parameters<typeof testMachine>[3] = {}, pkiFiles: HostFile[] = []) {
  const plan = planCluster(testCluster({ machines: [testMachine('c', '10.10.10.1', 'controller', over)] }));
  const [node] = plan.nodes;
  if (node === undefined) throw new Error('no node');
  return planMachine(plan, node, {
    clusterId: '6b0e0f2e-57b2-4b9c-8c4b-0f2d7c3f9a11',
    user: { name: 'core', groups: ['sudo'] },
    units: [installUnit('/opt/bin/ironkeel-install'), maskedUnit('locksmithd.service')],
    pkiFiles,
    systemFiles: [],
    directories: [hostDirectory('/var/lib/etcd', 0o700, 61001)],
    adoptProgram,
    installProgram: rootFile('/opt/bin/ironkeel-install', '#!/usr/bin/bash\necho install\n', 0o755),
  });
}

describe('planCluster', () => {
  it('derives the guide’s service addresses and API URL', () => {
    const plan = planCluster(testCluster());
    expect(plan.kubernetesServiceIp).toBe('10.3.0.1');
    expect(plan.clusterDnsIp).toBe('10.3.0.10');
    expect(plan.apiUrl).toBe('https://10.10.10.1:6443');
    expect(plan.controllers.map((node) => node.nodeName)).toEqual(['controller']);
  });

  it('names nodes by address when asked, as the guide does', () => {
    const names = planCluster(testCluster({ nodeNames: 'ip' })).nodes.map((node) => node.nodeName);
    expect(names).toEqual(['10.10.10.1', '10.10.10.2', '10.10.10.3', '123.234.234.123']);
  });
});

describe('planMachine', () => {
  it('masks what the operating system asks for and installs by itself', () => {
    const units = planned().units.map(({ name, state }) => `${state} ${name}`);
    expect(units).toEqual(['enabled ironkeel-install.service', 'masked locksmithd.service']);
  });

  it('adds folders with owners of their own, outer ones first', () => {
    const { directories } = planned();
    expect(directories.at(-1)).toEqual({ path: '/var/lib/etcd', mode: 0o700, uid: 61001, gid: 61001 });
    expect(directories.map(({ path }) => path)).toEqual(directories.map(({ path }) => path).sort());
  });

  it('carries the user’s own files and units', () => {
    const config = planned({
      files: [{ path: '/etc/motd', mode: 0o644, content: Buffer.from('hello\n') }],
      units: [{ name: 'backup.timer', content: '[Timer]\n', enabled: true }],
    });
    expect(config.files.find(({ path }) => path === '/etc/motd')).toMatchObject({ mode: 0o644, uid: 0 });
    expect(config.units.at(-1)).toMatchObject({ name: 'backup.timer', state: 'enabled' });
  });
});

describe('sealConfig', () => {
  it('begins at generation 1 and stays there while nothing changes', () => {
    const first = sealConfig(planned(), boot, undefined);
    expect(first.generation).toBe(1);
    const second = sealConfig(planned(), boot, first);
    expect(second.generation).toBe(1);
    expect(second.manifest).toBe(first.manifest);
  });

  it('takes the next generation when one byte of one file changes', () => {
    const first = sealConfig(planned({}, [rootFile('/etc/kubernetes/pki/ca.pem', 'A')]), boot, undefined);
    const second = sealConfig(planned({}, [rootFile('/etc/kubernetes/pki/ca.pem', 'B')]), boot, first);
    expect(second.generation).toBe(2);
    expect(second.digest).not.toBe(first.digest);
  });

  it('takes the next generation when only a mode changes', () => {
    const first = sealConfig(planned({}, [rootFile('/etc/x', 'A', 0o644)]), boot, undefined);
    expect(sealConfig(planned({}, [rootFile('/etc/x', 'A', 0o600)]), boot, first).generation).toBe(2);
  });

  it('names every file, unit and directory, and ends with the digest of what precedes', () => {
    const { manifest, files } = sealConfig(planned(), boot, undefined, 7);
    expect(manifest).toMatch(/^ironkeel-manifest 1\ncluster 6b0e0f2e-[^\n]+\nmachine c\ngeneration 7\ndirectory /);
    for (const { path } of files) expect(manifest).toContain(` ${path}\n`);
    const cut = manifest.lastIndexOf('digest ');
    const digest = createHash('sha256').update(manifest.slice(0, cut)).digest('hex');
    expect(manifest.slice(cut)).toBe(`digest ${digest}\n`);
  });
});
