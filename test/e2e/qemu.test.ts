import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster, must } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

// Without KVM programs run many times slower than on metal, and one machine is enough to see a real boot.
const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: real
endpoint: 10.10.40.1
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
network: {cni: none}
addons: {metricsServer: false, localStorage: false}
machines:
  - {name: c1, ip: 10.10.40.1, role: controller, os: flatcar}
`;
const MINUTE = 60_000;
/** Before the certificates were issued, whatever systemd makes of it: it goes back no further than its own release. */
const WRONG_DATE = '2020-01-01';

interface Status {
  readonly findings: readonly { readonly subject: string; readonly code: string }[];
}

// One story, in order: each test starts from what the one before it left.
describe('a machine with a kernel, a CD-ROM drive and a clock of its own', () => {
  let cluster: LabCluster;
  let begin = 0;
  const seconds: Record<string, number> = {};
  const note = (step: string) => {
    seconds[step] = Math.round((Date.now() - begin) / 1000);
  };
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => {
    console.log('seconds after power on:', seconds);
    cluster?.leave();
  });

  it(
    'boots from its config.iso, and takes name and address',
    async () => {
      begin = Date.now();
      cluster.buildAndPowerOn('--driver', 'qemu');
      await until(600, 'the name', () => (onMachine('hostname') === 'c1\n' ? true : undefined));
      note('hostname');
      expect(onMachine('findmnt', '-n', '-o', 'SOURCE,FSTYPE', '/media/configdrive')).toMatch(
        /^\/dev\/sr0 +iso9660\n$/,
      );
      expect(onMachine('stat', '-f', '-c', '%T', '/sys/fs/cgroup')).toBe('cgroup2fs\n');
      expect(onMachine('ip', '-4', '-o', 'address', 'show', 'dev', 'eth0')).toContain(' 10.10.40.1/24 ');
    },
    12 * MINUTE,
  );

  it(
    'has the host key of known_hosts, and lets the owner in',
    async () => {
      await until(300, 'a login', () => must(ssh('true')) === '' || undefined);
      note('ssh login');
      expect(must(ssh('hostname; sudo id -u'))).toBe('c1\n0\n');
    },
    12 * MINUTE,
  );

  it(
    'installs from the mirror',
    async () => {
      const installed = () => cluster.onMachine('c1', 'systemctl', 'is-active', 'kubelet.service').status === 0;
      await until(1500, 'the kubelet', () => installed() || undefined);
      note('kubelet runs');
      expect(onMachine('cat', '/var/lib/ironkeel/applied/manifest')).toMatch(/^generation 1$/m);
    },
    26 * MINUTE,
  );

  it(
    'serves its API, which its kubelet finds',
    async () => {
      await until(1500, '/readyz', () => (cluster.kubectl('get', '--raw', '/readyz') === 'ok' ? true : undefined));
      note('/readyz');
      // Through the balancer of its own.
      await until(600, 'the node', () => cluster.kubectl('get', 'node', 'c1', '-o', 'name') || undefined);
      note('registered');
    },
    26 * MINUTE,
  );

  it(
    'names a wrong clock, in the journal and to ironkeel status',
    async () => {
      cluster.ironkeel('lab', 'power-cut', '--off', 'c1');
      begin = Date.now();
      cluster.buildAndPowerOn('--driver', 'qemu', '--clock', WRONG_DATE);
      await until(600, 'the boot', () => must(ssh('true')) === '' || undefined);
      note('ssh login, wrong clock');
      expect(Number(onMachine('date', '+%s')) * 1000).toBeLessThan(Date.now() - 24 * 60 * MINUTE);
      const status = JSON.parse(cluster.status().stdout) as Status;
      expect(status.findings.map(({ subject, code }) => `${subject}: ${code}`)).toContain('c1: wrong-clock');
      await until(
        600,
        'the journal',
        () =>
          /clock is wrong: it says 20.*not yet valid before 20/.test(onMachine('journalctl', '-b', '-q')) || undefined,
      );
      note('certificate not yet valid');
    },
    26 * MINUTE,
  );

  it(
    'recovers when the clock is right again',
    async () => {
      cluster.ironkeel('lab', 'power-cut', '--off', 'c1');
      begin = Date.now();
      cluster.buildAndPowerOn('--driver', 'qemu');
      await until(1500, '/readyz', () => (cluster.kubectl('get', '--raw', '/readyz') === 'ok' ? true : undefined));
      note('/readyz after power cut');
    },
    26 * MINUTE,
  );

  function onMachine(...command: readonly string[]): string {
    return must(cluster.onMachine('c1', ...command));
  }

  function ssh(command: string) {
    const known = join(cluster.folder, 'known_hosts');
    const options = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${known}`, 'HostKeyAlias=c1', 'BatchMode=yes'];
    const identity = cluster.sshKey.replace(/\.pub$/, '');
    return cluster.fromLan(
      'ssh',
      ...options.flatMap((option) => ['-o', option]),
      ...['-i', identity, 'core@10.10.40.1', command],
    );
  }
});
