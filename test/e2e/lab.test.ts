import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder, labFolder } from '../../src/lab/index.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { tracesOf } from './support/traces.js';
import { until } from './support/until.js';

// Machines that boot and find nothing to install: this is about the lab.
const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: bare
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
machines:
  - {name: controller, ip: 10.10.90.1, role: controller}
  - {name: worker, ip: 10.10.90.2, publicAddress: 198.51.100.7}
`;
const MACHINES = ['controller', 'worker'] as const;

interface MachineStatus {
  readonly name: string;
  readonly power: string;
  readonly drive?: string;
}

// One story, in order: each test starts from what the one before it left.
describe('the lab', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster('');
    cluster.inventory(INVENTORY);
    cluster.ironkeel('build');
  });
  afterAll(() => cluster?.leave());

  it('boots machines, and warns where they have nothing to install', () => {
    expect(cluster.tryIronkeel('lab', 'status')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('lab up'),
    });
    const nobody = cluster.tryIronkeel('lab', 'up', '--except', MACHINES.join(','));
    expect(nobody).toMatchObject({ status: 2, stderr: expect.stringContaining('leave no machine') });
    expect(tracesOf(folder(), [folder(), cluster.folder])).toEqual([]);
    const { status, stdout, stderr } = cluster.tryIronkeel('lab', 'up', '--install');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('warning: the machines find nothing to install');
    for (const name of MACHINES) expect(stdout).toMatch(new RegExp(`^${name} +10\\.10\\.90\\.\\d +[0-9a-f]{64} `, 'm'));
    expect(statuses().map(({ name, power }) => [name, power])).toEqual(MACHINES.map((name) => [name, 'on']));
    expect(traces()).not.toEqual([]);
  });

  it('is up once, however often it is told', async () => {
    await booted();
    const before = MACHINES.map(bootId);
    const traced = traces();
    cluster.ironkeel('lab', 'up');
    expect(MACHINES.map(bootId)).toEqual(before);
    expect(traces()).toEqual(traced);
    // Nor does it forget what the first one said.
    cluster.ironkeel('lab', 'up', '--bundle', cluster.home);
    const fetched = () => cluster.onMachine('worker', 'curl', '-sf', mirror('cluster/cluster.yaml')).stdout;
    expect(fetched()).toBe(INVENTORY);
    cluster.ironkeel('lab', 'up');
    expect(fetched()).toBe(INVENTORY);
    // And another folder takes the place of the one before.
    cluster.ironkeel('lab', 'up', '--bundle', cluster.folder);
    expect(cluster.onMachine('worker', 'curl', '-sf', mirror('cluster.yaml')).stdout).toBe(INVENTORY);
  });

  it('runs commands on machines and beside them, and passes their exit codes on', () => {
    expect(cluster.onMachine('worker', 'hostname').stdout.trim()).toBe('worker');
    expect(cluster.onMachine('worker', 'sh', '-c', 'exit 7').status).toBe(7);
    expect(cluster.fromLan('sh', '-c', 'kill -9 $$').status).toBe(137);
    const greeting = 'exec 3<>/dev/tcp/198.51.100.7/22 && read -t 5 line <&3 && echo "$line"';
    expect(cluster.fromClient('bash', '-c', greeting).stdout).toMatch(/^SSH-2\.0-/);
    expect(cluster.fromLan('ip', '-oneline', 'link', 'show').stdout.trim().split('\n')).toHaveLength(2);
    const unknown = cluster.tryIronkeel('lab', 'exec', 'nobody', '--', 'true');
    expect(unknown.status).toBe(2);
    for (const name of [...MACHINES, 'client', 'lan', 'router']) expect(unknown.stderr).toContain(name);
  });

  it('shows the journal of one that is on, and the console of one that is off', async () => {
    expect(cluster.ironkeel('lab', 'logs', 'worker', '--unit', 'ironkeel-adopt')).toContain('is adopted');
    const before = bootId('controller');
    cluster.ironkeel('lab', 'power-cut', 'worker', '--off');
    expect(cluster.ironkeel('lab', 'logs', 'worker')).not.toBe('');
    expect(cluster.tryIronkeel('lab', 'status').status).toBe(1);
    expect(statuses().find(({ name }) => name === 'worker')).toMatchObject({ power: 'off' });
    const off = cluster.tryIronkeel('lab', 'exec', 'worker', '--', 'true');
    expect(off).toMatchObject({ status: 1, stderr: expect.stringContaining('ironkeel lab power-on worker') });
    const none = cluster.tryIronkeel('lab', 'reboot', '--all');
    expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining('worker is off') });
    expect(bootId('controller')).toBe(before);
    cluster.ironkeel('lab', 'power-on', 'worker');
    await booted();
    expect(bootId('controller')).toBe(before);
  });

  it('reboots and cuts the power of those that are named', async () => {
    for (const command of ['reboot', 'power-cut']) {
      const before = MACHINES.map(bootId);
      cluster.ironkeel('lab', command, 'worker');
      await until(120, command, () => (bootId('worker') === before[1] ? undefined : true));
      expect(bootId('controller')).toBe(before[0]);
    }
  });

  it('is gone without a trace when it is taken down', () => {
    const words = ours();
    expect(cluster.ironkeel('lab', 'down')).toContain('the lab of bare is gone');
    expect(tracesOf(folder(), words)).toEqual([]);
    expect(cluster.ironkeel('lab', 'down')).toContain('there is no lab');
  });

  it.each([150, 500, 1000, 2000, 4000])('is gone as well when `lab up` was killed after %i ms', async (delay) => {
    const child = spawn(process.execPath, [resolve('bin/ironkeel.js'), '-C', cluster.folder, 'lab', 'up'], {
      env: cluster.environment(),
      stdio: 'ignore',
    });
    await new Promise((done) => setTimeout(done, delay));
    child.kill('SIGKILL');
    const words = ours();
    cluster.ironkeel('lab', 'down');
    expect(tracesOf(folder(), words)).toEqual([]);
  });

  it('is finished by the next `lab up` where the first one was killed', async () => {
    const child = spawn(process.execPath, [resolve('bin/ironkeel.js'), '-C', cluster.folder, 'lab', 'up'], {
      env: cluster.environment(),
      stdio: 'ignore',
    });
    await new Promise((done) => setTimeout(done, 1500));
    child.kill('SIGKILL');
    cluster.ironkeel('lab', 'up');
    await booted();
  });

  it('is taken down from elsewhere when its folder has lost what was built', () => {
    const words = ours();
    must(cluster.run('mv', 'ironkeel.lock', '../ironkeel.lock'));
    const { status, stderr } = cluster.tryIronkeel('lab', 'down');
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('ironkeel lab down --all') });
    must(cluster.run('mv', '../ironkeel.lock', 'ironkeel.lock'));
    cluster.ironkeel('lab', 'down');
    expect(tracesOf(folder(), words)).toEqual([]);
  });

  function statuses(): readonly MachineStatus[] {
    const { stdout } = cluster.tryIronkeel('lab', 'status', '--output', 'json');
    return (JSON.parse(stdout) as { machines: readonly MachineStatus[] }).machines;
  }

  async function booted(): Promise<void> {
    for (const name of MACHINES) {
      await until(120, `the adoption of ${name}`, () =>
        cluster.onMachine(name, 'test', '-e', '/run/ironkeel/adopted').status === 0 ? true : undefined,
      );
    }
  }

  function bootId(machine: string): string {
    return cluster.onMachine(machine, 'cat', '/proc/sys/kernel/random/boot_id').stdout.trim();
  }

  function mirror(path: string): string {
    return `http://10.10.90.254:8080/${path}`;
  }

  function folder(): string {
    const { clusterId } = JSON.parse(readFileSync(join(cluster.folder, 'ironkeel.lock'), 'utf8'));
    return labFolder(
      cacheFolder('', process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '/root', '.cache')),
      clusterId,
    );
  }

  /** What the lab's things are called: its own folder, the cluster's, and what it puts before every name. */
  function ours(): string[] {
    return [folder(), cluster.folder, prefix()];
  }

  /** Once known it stays: the state of a lab that is gone does not tell. */
  let known = '';
  function prefix(): string {
    if (known === '') known = JSON.parse(readFileSync(join(folder(), 'lab.json'), 'utf8')).plan.prefix as string;
    return known;
  }

  /** Processes come and go on the machines; the rest does not. */
  function traces(): string[] {
    return tracesOf(folder(), ours()).filter(
      (line) => !line.startsWith('process ') && !line.includes('/sys/fs/cgroup'),
    );
  }
});
