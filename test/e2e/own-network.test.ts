import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flannel } from '../../src/addons/flannel/index.js';
import type { KubernetesObject } from '../../src/addons/types.js';
import { planCluster } from '../../src/plan/index.js';
import { testCluster } from '../../src/plan/testing/cluster.js';
import { parseBundle } from '../../src/releases/bundle.js';
import { componentImages } from '../../src/releases/images.js';
import { finding, findings } from './support/findings.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { deployment, service, TOOLBOX } from './support/objects.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

const NETWORK_IMAGES = ['flannel', 'flannel-cni-plugin'] as const;
const MACHINES = ['controller', 'worker'];

// One story, in order: each test starts from what the one before it left.
describe('machines whose pod network is the user’s own', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    const bundle = labBundle();
    cluster = new LabCluster(bundle);
    cluster.inventory(inventory(bundle));
  });
  afterAll(() => cluster?.leave());

  it('register, and say that they wait for it', async () => {
    cluster.buildAndPowerOn();
    must(cluster.besideMachines('wait', '--timeout', '10m', '--for', 'api'));
    for (const machine of MACHINES) {
      const found = await until(400, machine, () =>
        findings(cluster).find(({ code, subject }) => code === 'no-pod-network' && subject === machine),
      );
      expect(found.message).toBe('waits for a pod network of your own: none has set itself up there yet');
      expect(found.remedy).toContain('cluster.yaml says cni: none, so install yours');
    }
    const { items } = cluster.json<{ items: { metadata: { name: string } }[] }>('get', 'nodes');
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(MACHINES);
    const workloads = cluster.kubectl('get', 'daemonsets,deployments', '-A', '-o', 'name');
    expect(workloads).toContain('daemonset.apps/kube-proxy');
    expect(workloads).not.toContain('flannel');
    const dns = await finding(cluster, 'addon', 120, 'coredns');
    expect(dns.message).toContain('waits for a Ready node');
    expect(cluster.besideMachines('wait', '--timeout', '10s').status).toBe(1);
  });

  it('are Ready once it is applied', async () => {
    cluster.apply(...ownNetwork());
    expect(cluster.waitReady()).toContain('everything is Ready');
    expect(findings(cluster)).toEqual([]);
  });

  it('run pods on it that find each other', async () => {
    cluster.apply(deployment('one', { node: 'worker' }), deployment('two', { node: 'controller' }), service('two'));
    for (const name of ['one', 'two']) cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
    const fetch = ['exec', 'deployment/one', '--', 'wget', '-q', '-T', '3', '-O', '-', 'http://two/'];
    expect(await until(60, 'the Service', () => cluster.kubectl(...fetch).trim())).toBe('two');
  });

  it('leave it alone when they apply their own manifests again', async () => {
    const applied = cluster.kubectl(
      'get',
      'daemonset',
      '-n',
      'own-network',
      'flannel',
      '-o',
      'jsonpath={.metadata.uid}',
    );
    cluster.ironkeel('lab', 'power-cut', '--all');
    cluster.waitReady();
    const done = () => /^done/.test(cluster.onMachine('controller', 'cat', '/run/ironkeel/apply-status').stdout);
    await until(120, 'the manifests', () => (done() ? true : undefined));
    expect(cluster.kubectl('get', 'daemonset', '-n', 'own-network', 'flannel', '-o', 'jsonpath={.metadata.uid}')).toBe(
      applied,
    );
  });
});

/** The images of the user's network are the user's to bring, too. */
function inventory(bundle: string): string {
  const { images } = parseBundle(readFileSync(join(bundle, 'bundle.json'), 'utf8'));
  const wanted = images.filter(
    ({ name, component }) => name === TOOLBOX || NETWORK_IMAGES.some((it) => it === component),
  );
  expect(wanted).toHaveLength(NETWORK_IMAGES.length + 1);
  const preload = wanted.map(({ archive, sha256 }) => `    - {source: ${archive}, sha256: ${sha256}}`);
  return `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: own-network
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
network: {cni: none}
addons: {metricsServer: false, localStorage: false}
controlPlane: {schedulable: true}
images:
  preload:
${preload.join('\n')}
machines:
  - {name: controller, ip: 10.10.70.1, role: controller}
  - {name: worker, ip: 10.10.70.2}
`;
}

/** Flannel, as somebody would bring it who has it from elsewhere: in a namespace of its own, with labels of its own. */
function ownNetwork(): readonly KubernetesObject[] {
  const plan = planCluster(
    testCluster({ addons: { metricsServer: false, localStorage: false, networkPolicy: false } }),
  );
  const objects = flannel.objects({ plan, images: componentImages('1.36.4', '3.6.14') });
  const text = JSON.stringify(objects)
    .replaceAll('"namespace":"kube-system"', '"namespace":"own-network"')
    .replaceAll('"app.kubernetes.io/managed-by":"ironkeel"', '"app.kubernetes.io/managed-by":"somebody"')
    .replaceAll('ironkeel:flannel', 'own-network');
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'own-network', labels } };
  return [namespace, ...(JSON.parse(text) as KubernetesObject[])];
}
