import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster, must } from './support/lab-cluster.js';
import { claim, denyAll, pod, service } from './support/objects.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly spec: { readonly taints?: readonly { key: string; effect: string }[] };
  readonly status: { readonly nodeInfo: { kubeletVersion: string; bootID: string } };
}
interface PodObject {
  readonly status: { readonly podIP?: string; readonly phase: string };
}

const EDGE_ADDRESS = '123.234.234.123';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

// One story, in order: each test starts from what the one before it left.
describe('the guide’s four machines', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.ironkeel('init', '--example', 'guide', '--ssh-key', cluster.sshKey);
  });
  afterAll(() => cluster?.leave());

  it('become a cluster by themselves, powered on in reverse order', () => {
    cluster.buildAndPowerOn('--order', 'reverse');
    cluster.waitReady();
  });

  it('are four nodes with the right names, versions, labels and taints', () => {
    const { items } = cluster.json<{ items: NodeObject[] }>('get', 'nodes');
    const nodes = new Map(items.map((node) => [node.metadata.name, node]));
    expect([...nodes.keys()].sort()).toEqual(['controller', 'example.com', 'worker1', 'worker2']);
    for (const { status } of items) expect(status.nodeInfo.kubeletVersion).toBe('v1.36.4');
    expect(nodes.get('controller')?.spec.taints).toMatchObject([{ key: CONTROL_PLANE, effect: 'NoSchedule' }]);
    expect(nodes.get('worker1')?.spec.taints).toBeUndefined();
    expect(nodes.get('controller')?.metadata.labels).toHaveProperty([CONTROL_PLANE]);
    expect(nodes.get('example.com')?.metadata.labels).toMatchObject({ role: 'edge-router' });
  });

  it('run pods that find and reach each other across machines', async () => {
    cluster.apply(pod('one', { node: 'worker1' }), pod('two', { node: 'worker2' }), service('two', 30080));
    cluster.kubectl('wait', '--for=condition=Ready', 'pod/one', 'pod/two', '--timeout=90s');
    const { status } = cluster.json<PodObject>('get', 'pod', 'two');
    expect(fetchFrom('one', `http://${status.podIP}:8080/`)).toBe('two');
    expect(await until(20, 'the Service by its name', () => fetchFrom('one', 'http://two/'))).toBe('two');
    expect(cluster.kubectl('exec', 'one', '--', 'nslookup', 'kubernetes.default.svc.cluster.local')).toContain(
      '10.3.0.1',
    );
  });

  it('serve a NodePort to the LAN and not to the world', () => {
    const curl = (address: string) => ['curl', '--silent', '--max-time', '5', `http://${address}:30080/`] as const;
    for (const address of ['10.10.10.2', '10.10.10.3']) {
      expect(must(cluster.fromLan(...curl(address))).trim()).toBe('two');
    }
    expect(cluster.fromClient(...curl(EDGE_ADDRESS)).status).not.toBe(0);
  });

  it('give logs and a shell on every machine', () => {
    cluster.apply(pod('teller', { node: 'example.com', command: ['sh', '-c', 'echo hello; exec sleep 3600'] }));
    cluster.kubectl('wait', '--for=condition=Ready', 'pod/teller', '--timeout=60s');
    expect(cluster.kubectl('logs', 'teller').trim()).toBe('hello');
    expect(cluster.kubectl('exec', 'teller', '--', 'cat', '/etc/hostname').trim()).toBe('teller');
  });

  it('keep data in a volume that a claim asked for', () => {
    cluster.apply(claim('notes'), pod('writer', { claim: 'notes', node: 'worker1', command: ['sleep', '3600'] }));
    cluster.kubectl('wait', '--for=condition=Ready', 'pod/writer', '--timeout=90s');
    cluster.kubectl('exec', 'writer', '--', 'sh', '-c', 'echo kept >/data/note && sync');
    expect(cluster.kubectl('get', 'pvc', 'notes', '-o', 'jsonpath={.status.phase}')).toBe('Bound');
  });

  it('deny what a NetworkPolicy denies', async () => {
    cluster.apply(denyAll('two'));
    await until(30, 'the policy', () => (reaches('one', 'two') ? undefined : 'denied'));
    cluster.kubectl('delete', 'networkpolicy', 'deny-two');
    await until(30, 'the end of the policy', () => (reaches('one', 'two') ? 'open' : undefined));
  });

  it('measure themselves', async () => {
    await until(90, 'kubectl top', () => cluster.kubectl('top', 'nodes').match(/worker1\s+\d+m/)?.[0]);
  });

  it('come back one by one after a reboot', () => {
    for (const machine of ['example.com', 'worker2', 'worker1', 'controller']) {
      const before = bootIds();
      cluster.ironkeel('lab', 'reboot', machine);
      expectNewBoot([machine], before);
    }
  });

  it('come back after a power cut of them all, the data in place', async () => {
    const before = bootIds();
    cluster.ironkeel('lab', 'power-cut', '--all');
    expectNewBoot([...before.keys()], before);
    const note = await until(90, 'the note', () => cluster.kubectl('exec', 'writer', '--', 'cat', '/data/note').trim());
    expect(note).toBe('kept');
    expect(await until(60, 'the Service', () => fetchFrom('one', 'http://two/'))).toBe('two');
  });

  /** Waits until each machine is Ready in another boot than before. */
  function expectNewBoot(machines: readonly string[], before: ReadonlyMap<string, string>): void {
    cluster.waitReady();
    const now = bootIds();
    for (const machine of machines) expect(now.get(machine), machine).not.toBe(before.get(machine));
  }

  function bootIds(): Map<string, string> {
    const { items } = cluster.json<{ items: NodeObject[] }>('get', 'nodes');
    return new Map(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo.bootID]));
  }

  function fetchFrom(from: string, url: string): string {
    return cluster.kubectl('exec', from, '--', 'wget', '-q', '-T', '3', '-O', '-', url).trim();
  }

  function reaches(from: string, to: string): boolean {
    return (
      cluster.tryKubectl('exec', from, '--', 'wget', '-q', '-T', '2', '-O', '/dev/null', `http://${to}/`).status === 0
    );
  }
});
