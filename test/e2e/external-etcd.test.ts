import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExternalEtcd } from './support/external-etcd.js';
import { finding, findings } from './support/findings.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { deployment, TOOLBOX } from './support/objects.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

const RECIPE = 'two-parts-water-one-part-patience';

// One story, in order: each test starts from what the one before it left.
describe('a cluster on an etcd of the user’s own', () => {
  let cluster: LabCluster;
  let etcd: ExternalEtcd;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    etcd = new ExternalEtcd(cluster, '10.10.60.200');
    cluster.inventory(`apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: external
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
addons: {metricsServer: false, networkPolicy: false}
${etcd.inventory}
machines:
  - {name: controller, ip: 10.10.60.1, role: controller}
  - {name: worker, ip: 10.10.60.2}
`);
  });
  afterAll(() => cluster?.leave());

  it('waits for it, and says so', async () => {
    cluster.buildAndPowerOn();
    const found = await finding(cluster, 'etcd-external', 300, etcd.endpoint);
    expect(found).toMatchObject({ severity: 'error', subject: 'etcd' });
    expect(found.message).toContain('does not serve controller: ');
    expect(found.remedy).toContain('etcd: {external: …}');
    expect(cluster.status().status).toBe(1);
  });

  it('comes up by itself once it is there, with no etcd on the controller', async () => {
    await etcd.start();
    cluster.waitReady();
    expect(etcdSummary()).toMatchObject({ ready: true, summary: 'external, 1 of 1 member' });
    expect(cluster.kubectl('get', 'pods', '-A', '-o', 'name')).not.toMatch(/pod\/etcd/);
    for (const path of ['/etc/kubernetes/manifests/etcd.yaml', '/etc/kubernetes/etcd', '/opt/bin/ironkeel-etcd']) {
      expect(on(`test -e ${path}`).status, path).toBe(1);
    }
    // The lab makes the folder.
    expect(must(on('ls --almost-all /var/lib/etcd'))).toBe('');
    expect(on('pgrep --exact etcd').status).toBe(1);
    expect(
      must(on('ss -Hltn'))
        .split('\n')
        .filter((line) => /:23(79|80)\b/.test(line)),
    ).toEqual([]);
  });

  it('writes no secret into it as it is', () => {
    const metadata = { name: 'recipe', namespace: 'default' };
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { bread: RECIPE } });
    const stored = etcd.get('/registry/secrets/default/recipe');
    expect(stored).toMatch(/^k8s:enc:secretbox:v1:/);
    expect(stored).not.toContain(RECIPE);
    expect(stored).not.toContain(btoa(RECIPE));
  });

  it('comes back after a power cut of its machines', async () => {
    cluster.apply(deployment('one', { node: 'worker' }));
    cluster.kubectl('rollout', 'status', 'deployment/one', '--timeout=120s');
    cluster.ironkeel('lab', 'power-cut', '--all');
    cluster.waitReady();
    const image = () => cluster.kubectl('exec', 'deployment/one', '--', 'hostname').trim();
    expect(await until(120, 'the pod', image)).toBe('one');
    expect(cluster.kubectl('get', 'secret', 'recipe', '-o', 'jsonpath={.data.bread}')).toBe(btoa(RECIPE));
  });

  it('names the etcd that is down, and goes on when it is back', async () => {
    await etcd.stop();
    const found = await finding(cluster, 'etcd-external', 60);
    expect(found.message).toBe(`the external ${etcd.endpoint} does not serve controller: it refuses the connection`);
    const text = cluster.besideMachines('status');
    expect(text.status).toBe(1);
    expect(text.stdout).toMatch(/^etcd +waits +external, 0 of 1 member$/m);
    expect(text.stdout).toContain(`error: etcd: ${found.message}`);
    await etcd.start();
    cluster.waitReady();
    // What the API says of pods is from before at first: the scheduler has lost its lease, and starts again.
    await until(120, 'nothing to say', () => (findings(cluster).length === 0 ? true : undefined));
    expect(cluster.kubectl('get', 'deployment', 'one', '-o', 'jsonpath={..image}')).toBe(TOOLBOX);
  });

  function on(script: string) {
    return cluster.onMachine('controller', 'bash', '-c', script);
  }

  function etcdSummary(): unknown {
    return (JSON.parse(cluster.status().stdout) as { etcd: unknown }).etcd;
  }
});
