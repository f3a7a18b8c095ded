import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finding } from './support/findings.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: single
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
addons: {metricsServer: false, localStorage: false, networkPolicy: false}
machines:
  - {name: only, ip: 10.10.50.1, role: controller}
`;
const ADDRESS = '10.10.50.1';
const SNAPSHOT = '/home/core/snapshot.db';

// One story, in order: each test starts from what the one before it left.
describe('the only controller', () => {
  let cluster: LabCluster;
  let firstUid: string;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => cluster?.leave());

  it('becomes a cluster, which is recorded once it is Ready', () => {
    cluster.buildAndPowerOn();
    expect(recorded()).toBeUndefined();
    expect(cluster.waitReady()).toContain('recorded in ironkeel.lock');
    firstUid = kubeSystemUid();
    expect(recorded()).toBe(firstUid);
    cluster.kubectl('create', 'configmap', 'before', '--from-literal=kept=yes');
  });

  it('gets a drive that begins no etcd, and stays as it is', async () => {
    expect(etcdStateOf('only')).toBe('new');
    cluster.ironkeel('build');
    expect(etcdStateOf('only')).toBe('existing');
    const before = bootId();
    cluster.ironkeel('lab', 'reboot', 'only');
    await until(180, 'the boot', () => (bootId() === before ? undefined : true));
    expect(cluster.waitReady()).not.toContain('recorded');
    expect(must(on('cat /etc/kubernetes/etcd/state')).trim()).toBe('existing');
    expect(kubeSystemUid()).toBe(firstUid);
  });

  it('does not begin anew when its disk is wiped, and says why and what to do', async () => {
    saveSnapshot();
    wipe();
    const found = await finding(cluster, 'etcd-stopped', 240);
    expect(found).toMatchObject({ severity: 'error', subject: 'only' });
    expect(found.message).toContain('/var/lib/etcd is empty, though the cluster has been up');
    expect(found.remedy).toMatch(/ironkeel-etcd restore FILE.*ironkeel-etcd anew/);
    expect(must(on('journalctl --boot --unit=kubelet --output=cat'))).toContain(`${found.message.split(': ')[1]}`);
    expect(must(on('/opt/bin/ironkeel-etcd status'))).toContain('stopped: ');
    // Its other pods do start; the API server then has nobody to ask.
    await until(120, 'the API server', () => (on('pgrep kube-apiserver').status === 0 ? true : undefined));
    expect(on('pgrep --exact etcd').status).toBe(1);
    expect(on('ls /var/lib/etcd/member').status).not.toBe(0);
    const { status, stderr } = cluster.besideMachines('wait', '--timeout', '15s');
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('after 15 s') });
  });

  it('is the cluster it was, once a snapshot is restored', () => {
    returnSnapshot();
    expect(must(on(`/opt/bin/ironkeel-etcd restore ${SNAPSHOT}`))).toContain(`holds what was in ${SNAPSHOT}`);
    cluster.waitReady();
    expect(kubeSystemUid()).toBe(firstUid);
    expect(cluster.kubectl('get', 'configmap', 'before', '-o', 'jsonpath={.data.kept}')).toBe('yes');
  });

  it('begins anew when it is told to, and is taken for the same cluster only then', async () => {
    wipe();
    await finding(cluster, 'etcd-stopped', 240);
    expect(must(on('/opt/bin/ironkeel-etcd anew'))).toContain('ironkeel wait --begun-anew');
    const other = await finding(cluster, 'other-cluster', 300);
    expect(other.remedy).toContain('ironkeel wait --begun-anew');
    expect(cluster.besideMachines('wait', '--timeout', '10s').status).toBe(1);
    expect(recorded()).toBe(firstUid);
    must(cluster.besideMachines('wait', '--timeout', '10m', '--begun-anew'));
    expect(kubeSystemUid()).not.toBe(firstUid);
    expect(recorded()).toBe(kubeSystemUid());
    expect(cluster.tryKubectl('get', 'configmap', 'before').status).not.toBe(0);
    cluster.waitReady();
  });

  it('then does not begin anew once more', async () => {
    const second = recorded();
    cluster.ironkeel('build');
    expect(etcdStateOf('only')).toBe('existing');
    wipe();
    await finding(cluster, 'etcd-stopped', 240);
    expect(recorded()).toBe(second);
  });

  function on(script: string) {
    return cluster.onMachine('only', 'bash', '-c', `PATH=/opt/bin:$PATH; ${script}`);
  }

  function wipe(): void {
    cluster.ironkeel('lab', 'power-cut', '--off', 'only');
    cluster.ironkeel('lab', 'power-on', '--wiped', 'only');
  }

  /** What the drive says of etcd. */
  function etcdStateOf(machine: string): string {
    const payload = join(cluster.folder, `inventory/node-${machine}/cloud-config/ironkeel/payload.tar`);
    const member = ['--wildcards', '*/etc/kubernetes/etcd/state'];
    return must(cluster.run('tar', '--extract', '--to-stdout', '--file', payload, ...member)).trim();
  }

  /** As docs/guide/lost-disks.md has it. */
  function saveSnapshot(): void {
    const pki = '/etc/kubernetes/pki/etcd';
    const trust = `--cacert=${pki}/ca.pem --cert=${pki}/healthcheck-client.pem --key=${pki}/healthcheck-client-key.pem`;
    must(on(`etcdctl ${trust} --endpoints=https://127.0.0.1:2379 snapshot save ${SNAPSHOT} && chown core ${SNAPSHOT}`));
    scp(`core@${ADDRESS}:${SNAPSHOT}`, 'snapshot.db');
  }

  function returnSnapshot(): void {
    scp('snapshot.db', `core@${ADDRESS}:${SNAPSHOT}`);
  }

  function scp(from: string, to: string): void {
    const identity = cluster.sshKey.replace(/\.pub$/, '');
    const trust = ['-o', `UserKnownHostsFile=${cluster.folder}/known_hosts`, '-o', 'HostKeyAlias=only'];
    must(cluster.fromLan('scp', '-q', '-B', '-i', identity, ...trust, from, to));
  }

  function bootId(): string {
    return must(on('cat /proc/sys/kernel/random/boot_id')).trim();
  }

  function kubeSystemUid(): string {
    return cluster.kubectl('get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}');
  }

  function recorded(): string | undefined {
    const lock = JSON.parse(readFileSync(join(cluster.folder, 'ironkeel.lock'), 'utf8'));
    return lock.bringUp?.kubeSystemUid;
  }
});
