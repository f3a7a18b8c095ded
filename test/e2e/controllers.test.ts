import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';
import { Writer } from './support/writer.js';

const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: three
endpoint: api.three.test
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
machines:
  - {name: c1, ip: 10.10.30.1, role: controller}
  - {name: c2, ip: 10.10.30.2, role: controller}
  - {name: c3, ip: 10.10.30.3, role: controller}
  - {name: w1, ip: 10.10.30.11}
  - {name: w2, ip: 10.10.30.12}
`;
const CONTROLLERS = ['c1', 'c2', 'c3'] as const;

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions: readonly { type: string; status: string; lastTransitionTime: string }[] };
}
interface ConfigMaps {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

// One story, in order: each test starts from what the one before it left.
describe('three controllers', () => {
  let cluster: LabCluster;
  let writer: Writer | undefined;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => {
    writer?.stop();
    cluster?.leave();
  });

  it('become one cluster, its API behind one name', () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
    expect(cluster.kubectl('config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}')).toBe(
      'https://api.three.test:6443',
    );
  });

  it('lose any one without losing an acknowledged write, and workers stay Ready', async () => {
    const before = readyOfWorkers();
    const running = new Writer(cluster, 150);
    writer = running;
    for (const controller of CONTROLLERS) {
      await until(60, 'writes', () => (running.acknowledged().length >= 5 ? true : undefined));
      const sofar = running.acknowledged().length;
      cluster.ironkeel('lab', 'power-cut', '--off', controller);
      await until(60, `writes without ${controller}`, () =>
        running.acknowledged().length > sofar + 10 ? true : undefined,
      );
      cluster.ironkeel('lab', 'power-on', controller);
      cluster.waitReady();
    }
    await until(240, 'the end of the writes', () => (running.ended ? true : undefined));
    expect(lost(running)).toEqual([]);
    expect(running.acknowledged()).toHaveLength(150);
    expect(readyOfWorkers()).toEqual(before);
  });

  it('lose two: a clear failure, and nothing is lost when they return', () => {
    cluster.kubectl('create', 'configmap', 'last-words');
    cluster.ironkeel('lab', 'power-cut', '--off', 'c2', 'c3');
    expect(cluster.tryKubectl('create', 'configmap', 'too-late').status).not.toBe(0);
    const { status, stdout } = cluster.status();
    expect(status).toBe(1);
    expect(stdout).toMatch(/1 of 3 members/);
    cluster.ironkeel('lab', 'power-on', 'c2', 'c3');
    cluster.waitReady();
    expect(cluster.kubectl('get', 'configmap', 'last-words', '-o', 'name')).toContain('last-words');
    expect(lost(writer)).toEqual([]);
  });

  it('never start over where one wiped its disk, and take it back when told', async () => {
    cluster.ironkeel('build');
    cluster.ironkeel('lab', 'power-cut', '--off', 'c3');
    cluster.ironkeel('lab', 'power-on', '--wiped', 'c3');
    await until(120, 'the reason', () => /is empty, though the cluster has been up/.exec(statusOf('c3'))?.[0]);
    expect(members()).toHaveLength(3);
    expect(lost(writer)).toEqual([]);
    expect(cluster.onMachine('c3', '/opt/bin/ironkeel-etcd', 'replace').status).toBe(0);
    cluster.waitReady();
    expect(members()).toHaveLength(3);
  });

  it('never start over where two wiped their disks', async () => {
    for (const controller of ['c2', 'c3']) cluster.ironkeel('lab', 'power-cut', '--off', controller);
    for (const controller of ['c2', 'c3']) cluster.ironkeel('lab', 'power-on', '--wiped', controller);
    for (const controller of ['c2', 'c3']) {
      await until(180, 'the reason', () => /is empty, though the cluster has been up/.exec(statusOf(controller))?.[0]);
    }
    expect(cluster.tryKubectl('get', 'nodes').status).not.toBe(0);
    expect(cluster.status().status).toBe(1);
  });

  function readyOfWorkers(): unknown[] {
    const { items } = cluster.json<{ items: NodeObject[] }>('get', 'nodes', 'w1', 'w2');
    const ready = items.map(({ status }) => status.conditions.find(({ type }) => type === 'Ready'));
    return ready.map((condition) => [condition?.status, condition?.lastTransitionTime]);
  }

  /** Acknowledged writes that the cluster does not hold. */
  function lost(by: Writer | undefined): string[] {
    const { items } = cluster.json<ConfigMaps>('get', 'configmaps', '-n', 'default');
    const held = new Set(items.map(({ metadata }) => metadata.name));
    return (by?.acknowledged() ?? []).filter((number) => !held.has(`write-${number}`));
  }

  function members(): string[] {
    const { stdout } = cluster.onMachine('c1', '/opt/bin/ironkeel-etcd', 'status');
    return stdout.split('\n').filter((line) => /\| started \|/.test(line));
  }

  function statusOf(machine: string): string {
    return cluster.onMachine(machine, 'cat', '/run/ironkeel/etcd-status').stdout;
  }
});
