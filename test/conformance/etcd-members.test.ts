import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../src/generate.js';
import { etcdScript } from '../../src/host/scripts.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { testMachine } from '../../src/plan/testing/cluster.js';
import { ControlPlane } from './support/control-plane.js';

// Three members of etcd as they are rendered, one of which loses its disk: the guard and the replacement with the
// real etcd and etcdctl. The test does what the kubelet does: it runs the pod that is among the static pods.

const ADDRESSES = ['10.10.10.1', '10.10.10.2', '10.10.10.3'];
const LIVE = '/etc/kubernetes/manifests/etcd.yaml';
const machines: ControlPlane[] = [];
let folder: string;
let tools: string;
let clusterId: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-members-'));
  chmodSync(folder, 0o755);
  tools = dirname(ControlPlane.build('etcd', 'etcdctl'));
  ControlPlane.build('etcd', 'etcdutl');
  const controllers = ADDRESSES.map((ip, index) => testMachine(`c${index + 1}`, ip, 'controller'));
  const { plan, secrets } = issuedCluster({ machines: controllers }, Date.now());
  clusterId = secrets.clusterId;
  for (const { name, sealed } of generate(plan.cluster, secrets, {
    generations: new Map(),
    plainCaKeys: false,
  }).machines()) {
    const root = join(folder, name);
    mkdirSync(root);
    const address = ADDRESSES[machines.length] ?? '';
    const { files, config } = sealed;
    machines.push(new ControlPlane(root, files, config.directories, address, machines[0]));
    write(root, '/etc/ironkeel/machine', `${name}\n`);
    write(root, '/var/lib/ironkeel/applied/manifest', `ironkeel-manifest 1\ncluster ${clusterId}\n`);
    writeFileSync(join(root, 'ironkeel-etcd'), etcdScript());
  }
}, 600_000);
afterAll(() => {
  for (const machine of machines.toReversed()) machine.stop();
  rmSync(folder, { recursive: true, force: true });
});

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
}

function machineOf(index: number): ControlPlane {
  const machine = machines[index];
  if (machine === undefined) throw new Error(`no machine ${index}`);
  return machine;
}

function ironkeelEtcd(machine: ControlPlane, command: string, ...args: string[]) {
  const env = { IRONKEEL_ROOT: machine.folder, IRONKEEL_WAIT_SECONDS: '90', PATH: `${tools}:${process.env.PATH}` };
  return machine.inside('bash', [join(machine.folder, 'ironkeel-etcd'), command, ...args], env);
}

function etcdctl(machine: ControlPlane, ...args: string[]) {
  const pem = (name: string) => machine.path(`/etc/kubernetes/pki/etcd/${name}.pem`);
  const trust = ['--cacert', pem('ca'), '--cert', pem('healthcheck-client'), '--key', pem('healthcheck-client-key')];
  const at = `https://10.10.10.${machines.indexOf(machine) + 1}:2379`;
  return machine.inside(join(tools, 'etcdctl'), [...trust, '--endpoints', at, ...args]);
}

const ready = (index: number) => machineOf(index).answer('http://127.0.0.1:2381/readyz', 200, 30);

describe('three members', () => {
  it('become a cluster, whichever starts first, and are remembered', async () => {
    for (const machine of machines.toReversed()) {
      expect(await ironkeelEtcd(machine, 'guard')).toMatchObject({ code: 0 });
      await machine.start(LIVE);
    }
    for (const [index, machine] of machines.entries())
      expect(await ready(index), machine.log('etcd').slice(-3000)).toBe(200);
    for (const machine of machines) expect(await ironkeelEtcd(machine, 'joined')).toMatchObject({ code: 0 });
    expect((await etcdctl(machineOf(0), 'put', 'word', 'kept')).output).toBe('OK\n');
  });

  it('get a wiped one back by its replacement alone, with what was written meanwhile', async () => {
    const wiped = machineOf(0);
    expect(await wiped.end('etcd')).toBe(true);
    rmSync(wiped.path('/var/lib/etcd/member'), { recursive: true });
    await ironkeelEtcd(wiped, 'guard');
    expect(existsSync(wiped.path(LIVE))).toBe(false);
    expect((await etcdctl(machineOf(1), 'put', 'word', 'newer')).output).toBe('OK\n');

    const replaced = ironkeelEtcd(wiped, 'replace');
    const appears = async () => {
      for (let tries = 0; tries < 600 && !existsSync(wiped.path(LIVE)); tries++) await sleep(100);
    };
    const early = await Promise.race([replaced, appears()]);
    expect(early?.output).toBeUndefined();
    await wiped.start(LIVE);
    const { code, output } = await replaced;
    expect(code, output + wiped.log('etcd').slice(-2000)).toBe(0);
    expect(await ready(0)).toBe(200);
    expect((await etcdctl(wiped, 'get', 'word', '--consistency=s', '--print-value-only')).output).toBe('newer\n');
    const members = (await etcdctl(machineOf(2), 'member', 'list')).output.trim().split('\n');
    expect(members.filter((line) => line.includes('started') && line.endsWith('false'))).toHaveLength(3);
    expect((await ironkeelEtcd(wiped, 'replace')).output).toContain('nothing has to be replaced');
  });

  it('are not replaced while most of them are down', async () => {
    for (const machine of [machineOf(1), machineOf(2)]) expect(await machine.end('etcd')).toBe(true);
    const wiped = machineOf(0);
    expect(await wiped.end('etcd')).toBe(true);
    rmSync(wiped.path('/var/lib/etcd/member'), { recursive: true });
    await machineOf(1).start(LIVE);
    const { code, output } = await ironkeelEtcd(wiped, 'replace');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('no other controller answers') });
    expect(existsSync(wiped.path('/var/lib/ironkeel/etcd-replacing'))).toBe(false);
  });

  it('come back from a snapshot when all have lost their data, with other revisions than before', async () => {
    const snapshot = join(folder, 'backup.db');
    await machineOf(2).start(LIVE);
    expect(await ready(1)).toBe(200);
    const saved = await etcdctl(machineOf(1), 'snapshot', 'save', snapshot);
    expect(saved.code, saved.output).toBe(0);
    expect((await etcdctl(machineOf(1), 'put', 'word', 'after the snapshot')).output).toBe('OK\n');
    for (const machine of [machineOf(1), machineOf(2)]) {
      expect(await machine.end('etcd')).toBe(true);
      expect((await ironkeelEtcd(machine, 'restore', snapshot)).output).toContain('holds data, which stays');
      rmSync(machine.path('/var/lib/etcd/member'), { recursive: true });
    }
    for (const machine of machines) {
      const { code, output } = await ironkeelEtcd(machine, 'restore', snapshot);
      expect(code, output).toBe(0);
      await machine.start(LIVE);
    }
    for (const [index, machine] of machines.entries())
      expect(await ready(index), machine.log('etcd').slice(-3000)).toBe(200);
    const kept = await etcdctl(machineOf(0), 'get', 'word', '--consistency=s', '--write-out=json');
    const { header, kvs } = JSON.parse(kept.output);
    expect(Buffer.from(kvs[0].value, 'base64').toString()).toBe('newer');
    expect(header.revision).toBeGreaterThan(1_000_000_000);
  });
});
