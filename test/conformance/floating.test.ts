import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../../src/inventory/settings.js';
import { floatingFiles } from '../../src/manifests/floating/index.js';
import { planCluster } from '../../src/plan/index.js';
import { testCluster, testMachine } from '../../src/plan/testing/cluster.js';
import { mustRun, run } from './support/run.js';

const FLOATING = '192.0.2.200';
/** The container's, by the names of setpriv(1). */
const CAPABILITIES = '-all,+net_admin,+net_broadcast,+net_raw,+setgid';
const namespace = (name: string) => `ironkeel-floating-${process.pid}-${name}`;
const OUTSIDE = namespace('outside');

let folder: string;
const edges: Edge[] = [];

/** An edge as far as it matters here: a network of its own, a web server, and the real keepalived. */
class Edge {
  readonly namespace: string;
  #web: ChildProcess | undefined;
  #keepalived: ChildProcess | undefined;

  constructor(
    readonly name: string,
    readonly address: string,
  ) {
    this.namespace = namespace(name);
  }

  async plugIn(): Promise<void> {
    await mustRun('ip', ['netns', 'add', this.namespace]);
    await this.#ip('link', 'set', 'lo', 'up');
    const peer = ['peer', 'name', this.name, 'netns', OUTSIDE];
    await mustRun('ip', ['link', 'add', 'lan0', 'netns', this.namespace, 'type', 'veth', ...peer]);
    await this.cable('up');
    await this.#ip('address', 'add', `${this.address}/24`, 'dev', 'lan0');
    await this.#ip('link', 'set', 'lan0', 'up');
  }

  /** What a power cut is for the others. */
  async cable(state: 'up' | 'down'): Promise<void> {
    await mustRun('ip', ['-n', OUTSIDE, 'link', 'set', this.name, 'master', 'bridge', state]);
  }

  startWeb(): void {
    const site = join(folder, `www-${this.name}`);
    mkdirSync(site, { recursive: true });
    writeFileSync(join(site, 'index.html'), this.name);
    this.#web = this.#start('busybox', 'httpd', '-f', '-p', '80', '-h', site);
  }

  stopWeb(): void {
    this.#web?.kill('SIGKILL');
  }

  /** With the files of its machine and the rights of its container, and a /run of its own. */
  startKeepalived(): void {
    const program = join(folder, this.name, '/etc/kubernetes/floating/run.sh');
    const configuration = join(folder, this.name, '/etc/kubernetes/floating/keepalived.conf');
    const confined = ['setpriv', `--bounding-set=${CAPABILITIES}`, '--inh-caps=-all', '--no-new-privs'];
    const own = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs run /run && exec "$@"', 'sh'];
    this.#keepalived = this.#start(...own, ...confined, 'sh', program, this.address, configuration);
  }

  stopKeepalived(): void {
    this.#keepalived?.kill('SIGTERM');
  }

  async hasAddress(): Promise<boolean> {
    return (await this.#ip('-o', 'address', 'show')).includes(`${FLOATING}/32`);
  }

  async leave(): Promise<void> {
    for (const child of [this.#keepalived, this.#web]) child?.kill('SIGKILL');
    const { output } = await run('ip', ['netns', 'pids', this.namespace]);
    for (const pid of output.trim().split('\n').filter(Boolean)) end(Number(pid));
    await run('ip', ['netns', 'delete', this.namespace]);
  }

  #ip(...args: string[]): Promise<string> {
    return mustRun('ip', ['-n', this.namespace, ...args]);
  }

  #start(...command: string[]): ChildProcess {
    return spawn('nsenter', [`--net=/run/netns/${this.namespace}`, ...command], { stdio: 'ignore' });
  }
}

/** Also where it has ended by itself since it was listed. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-floating-'));
  const machines = [1, 2].map((each) => testMachine(`edge${each}`, `192.0.2.${each}`, 'edge'));
  const ingress = { ...CLUSTER_SETTINGS.ingress, controller: 'none', floatingAddress: FLOATING } as const;
  const plan = planCluster(testCluster({ machines, ingress }));
  await mustRun('ip', ['netns', 'add', OUTSIDE]);
  await mustRun('ip', ['-n', OUTSIDE, 'link', 'add', 'bridge', 'type', 'bridge', 'forward_delay', '0']);
  await mustRun('ip', ['-n', OUTSIDE, 'address', 'add', '192.0.2.254/24', 'dev', 'bridge']);
  await mustRun('ip', ['-n', OUTSIDE, 'link', 'set', 'bridge', 'up']);
  for (const node of plan.nodes) {
    const { name, ip = '' } = node.machine;
    for (const { path, content } of floatingFiles(plan, node, 'lan/keepalived')) {
      mkdirSync(join(folder, name, path, '..'), { recursive: true });
      writeFileSync(join(folder, name, path), content);
    }
    const edge = new Edge(name, ip);
    edges.push(edge);
    await edge.plugIn();
    edge.startWeb();
    edge.startKeepalived();
  }
});

afterAll(async () => {
  for (const edge of edges) await edge.leave();
  await run('ip', ['netns', 'delete', OUTSIDE]);
  rmSync(folder, { recursive: true, force: true });
});

/** Who answers at the floating address; empty: nobody. */
function holder(): string {
  const curl = ['netns', 'exec', OUTSIDE, 'curl', '--silent', '--max-time', '0.4', `http://${FLOATING}/`];
  return spawnSync('ip', curl, { encoding: 'utf8' }).stdout.trim();
}

/** Seconds until that edge answers, at most so many. */
async function secondsUntil(name: string, most: number): Promise<number> {
  const begin = Date.now();
  const passed = () => (Date.now() - begin) / 1000;
  while (holder() !== name) {
    if (passed() > most) throw new Error(`${name} does not have ${FLOATING} after ${most} s; "${holder()}" has it`);
    await sleep(50);
  }
  return passed();
}

/** The edge that answers, once one does. */
async function firstHolder(most: number): Promise<Edge> {
  for (const end = Date.now() + most * 1000; Date.now() < end; await sleep(50)) {
    const found = edges.find(({ name }) => name === holder());
    if (found !== undefined) return found;
  }
  throw new Error(`no edge has ${FLOATING} after ${most} s`);
}

// One story, in order.
describe('a floating address, by the real keepalived', () => {
  let first: Edge;
  let second: Edge;

  it('goes to one edge, whichever', async () => {
    first = await firstHolder(15);
    second = edges.find((each) => each !== first) ?? first;
    expect(await Promise.all([first, second].map((edge) => edge.hasAddress()))).toEqual([true, false]);
  });

  it('moves within 5 s when its holder is gone, and stays where it is when that comes back', async () => {
    await first.cable('down');
    const took = await secondsUntil(second.name, 8);
    console.log(`the floating address moved ${took.toFixed(1)} s after its holder lost its power`);
    expect(took).toBeLessThan(5);
    await first.cable('up');
    await sleep(5000);
    expect(holder()).toBe(second.name);
    expect(await first.hasAddress()).toBe(false);
  });

  it('leaves an edge that does not serve any more', async () => {
    second.stopWeb();
    const took = await secondsUntil(first.name, 8);
    console.log(`the floating address moved ${took.toFixed(1)} s after its holder stopped serving`);
    expect(took).toBeLessThan(5);
    expect(await second.hasAddress()).toBe(false);
  });

  it('goes at once with a program that is asked to end, and stays away from who does not serve', async () => {
    second.startWeb();
    await sleep(4000);
    first.stopKeepalived();
    const took = await secondsUntil(second.name, 8);
    console.log(`the floating address moved ${took.toFixed(1)} s after its holder was asked to end`);
    expect(took).toBeLessThan(3);
  });
});
