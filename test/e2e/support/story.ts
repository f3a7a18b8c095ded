import { expect, it } from 'vitest';
import { type LabCluster, must } from './lab-cluster.js';
import { claim, denyAll, deployment, pod, service } from './objects.js';
import { until } from './until.js';

/** Who plays in the story: a controller, two workers beside each other, and an edge in front of the world. */
export interface Cast {
  readonly controller: string;
  readonly workers: readonly [first: string, second: string];
  /** Of the workers, in their order. */
  readonly addresses: readonly [first: string, second: string];
  readonly edge: { readonly name: string; readonly address: string };
}

/** The guide's machines, as `ironkeel init --example guide` names them. */
export const GUIDE_CAST: Cast = {
  controller: 'controller',
  workers: ['worker1', 'worker2'],
  addresses: ['10.10.10.2', '10.10.10.3'],
  edge: { name: 'example.com', address: '123.234.234.123' },
};

interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly spec: { readonly taints?: readonly { key: string; effect: string }[] };
  readonly status: { readonly nodeInfo: { kubeletVersion: string; bootID: string } };
}
interface PodObject {
  readonly status: { readonly podIP?: string };
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/**
 * What a cluster of four machines has to be and to do, whatever systems they run: tests in order, each starting from
 * what the one before it left.
 */
export class Story {
  readonly #cluster: () => LabCluster;
  readonly #cast: Cast;

  /** @param cluster asked when a test runs; the machines are Ready by then. */
  constructor(cluster: () => LabCluster, cast: Cast) {
    this.#cluster = cluster;
    this.#cast = cast;
  }

  nodes(): void {
    const { controller, workers, edge } = this.#cast;
    it('are four nodes with the right names, versions, labels and taints', () => {
      const items = this.#nodes();
      const nodes = new Map(items.map((node) => [node.metadata.name, node]));
      expect([...nodes.keys()].sort()).toEqual([controller, ...workers, edge.name].sort());
      const versions = items.map(({ status }) => status.nodeInfo.kubeletVersion);
      expect(new Set(versions)).toEqual(new Set([`v${this.#cluster().kubernetes}`]));
      expect(nodes.get(controller)?.spec.taints).toMatchObject([{ key: CONTROL_PLANE, effect: 'NoSchedule' }]);
      for (const worker of workers) expect(nodes.get(worker)?.spec.taints).toBeUndefined();
      expect(nodes.get(controller)?.metadata.labels).toHaveProperty([CONTROL_PLANE]);
      expect(nodes.get(edge.name)?.metadata.labels).toMatchObject({ role: 'edge-router' });
    });
  }

  /** Leaves the Deployments `one` and `two` running, on different workers, and a Service of the name `two`. */
  network(): void {
    const { workers, addresses, edge } = this.#cast;
    it('run pods that find and reach each other across machines', async () => {
      const cluster = this.#cluster();
      const [one, two] = [deployment('one', { node: workers[0] }), deployment('two', { node: workers[1] })];
      cluster.apply(one, two, service('two', 30080));
      for (const name of ['one', 'two']) cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=90s');
      const pods = cluster.json<{ items: PodObject[] }>('get', 'pods', '--selector', 'app=two').items;
      expect(pods).toHaveLength(1);
      expect(this.#fetchFrom('one', `http://${pods[0]?.status.podIP}:8080/`)).toBe('two');
      expect(await until(20, 'the Service by its name', () => this.#fetchFrom('one', 'http://two/'))).toBe('two');
      expect(
        cluster.kubectl('exec', 'deployment/one', '--', 'nslookup', 'kubernetes.default.svc.cluster.local'),
      ).toContain('10.3.0.1');
    });

    it('serve a NodePort to the LAN and not to the world', () => {
      const curl = (address: string) => ['curl', '--silent', '--max-time', '5', `http://${address}:30080/`] as const;
      for (const address of addresses) {
        expect(must(this.#cluster().fromLan(...curl(address))).trim()).toBe('two');
      }
      expect(this.#cluster().fromClient(...curl(edge.address)).status).not.toBe(0);
    });
  }

  shells(): void {
    const { name } = this.#cast.edge;
    it('give logs and a shell on every machine', () => {
      const cluster = this.#cluster();
      cluster.apply(pod('teller', { node: name, command: ['sh', '-c', 'echo hello; exec sleep 3600'] }));
      cluster.kubectl('wait', '--for=condition=Ready', 'pod/teller', '--timeout=60s');
      expect(cluster.kubectl('logs', 'teller').trim()).toBe('hello');
      expect(cluster.kubectl('exec', 'teller', '--', 'cat', '/etc/hostname').trim()).toBe('teller');
    });
  }

  /** Leaves the Deployment `writer` running, with a note in its volume. */
  volumes(): void {
    const [first] = this.#cast.workers;
    it('keep data in a volume that a claim asked for', () => {
      const cluster = this.#cluster();
      const command = ['sleep', '36000'];
      cluster.apply(claim('notes'), deployment('writer', { claim: 'notes', node: first, command }));
      cluster.kubectl('rollout', 'status', 'deployment/writer', '--timeout=90s');
      cluster.kubectl('exec', 'deployment/writer', '--', 'sh', '-c', 'echo kept >/data/note && sync');
      expect(cluster.kubectl('get', 'pvc', 'notes', '-o', 'jsonpath={.status.phase}')).toBe('Bound');
    });
  }

  policies(): void {
    it('deny what a NetworkPolicy denies', async () => {
      const cluster = this.#cluster();
      cluster.apply(denyAll('two'));
      await until(30, 'the policy', () => (this.#reaches('one', 'two') ? undefined : 'denied'));
      cluster.kubectl('delete', 'networkpolicy', 'deny-two');
      await until(30, 'the end of the policy', () => (this.#reaches('one', 'two') ? 'open' : undefined));
    });
  }

  metrics(): void {
    const [first] = this.#cast.workers;
    it('measure themselves', async () => {
      const row = new RegExp(`${first}\\s+\\d+m`);
      await until(90, 'kubectl top', () => this.#cluster().kubectl('top', 'nodes').match(row)?.[0]);
    });
  }

  /** One test a machine, since each takes a while. */
  reboots(): void {
    const { controller, workers, edge } = this.#cast;
    for (const machine of [edge.name, workers[1], workers[0], controller]) {
      it(`come back after a reboot of ${machine}`, async () => {
        const before = this.#bootIds();
        this.#cluster().ironkeel('lab', 'reboot', machine);
        this.#expectNewBoot([machine], before);
        await this.#expectEverythingBack();
      });
    }
  }

  powerCut(): void {
    it('come back after a power cut of them all, the data in place', async () => {
      const before = this.#bootIds();
      this.#cluster().ironkeel('lab', 'power-cut', '--all');
      this.#expectNewBoot([...before.keys()], before);
      await this.#expectEverythingBack();
    });
  }

  /** What ran runs again, and has its data. */
  async #expectEverythingBack(): Promise<void> {
    const read = () => this.#cluster().kubectl('exec', 'deployment/writer', '--', 'cat', '/data/note').trim();
    expect(await until(90, 'the note', read)).toBe('kept');
    expect(await until(60, 'the Service', () => this.#fetchFrom('one', 'http://two/'))).toBe('two');
  }

  /** Waits until each machine is Ready in another boot than before. */
  #expectNewBoot(machines: readonly string[], before: ReadonlyMap<string, string>): void {
    this.#cluster().waitReady();
    const now = this.#bootIds();
    for (const machine of machines) expect(now.get(machine), machine).not.toBe(before.get(machine));
  }

  #bootIds(): Map<string, string> {
    return new Map(this.#nodes().map(({ metadata, status }) => [metadata.name, status.nodeInfo.bootID]));
  }

  #nodes(): readonly NodeObject[] {
    return this.#cluster().json<{ items: NodeObject[] }>('get', 'nodes').items;
  }

  #fetchFrom(from: string, url: string): string {
    return this.#cluster().kubectl('exec', `deployment/${from}`, '--', 'wget', '-q', '-T', '3', '-O', '-', url).trim();
  }

  #reaches(from: string, to: string): boolean {
    const fetch = ['wget', '-q', '-T', '2', '-O', '/dev/null', `http://${to}/`];
    return this.#cluster().tryKubectl('exec', `deployment/${from}`, '--', ...fetch).status === 0;
  }
}
