import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster, must } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { Story } from './support/story.js';

// Debian has its containerd from install.sh; Fedora CoreOS never reads a drive, Flatcar does not with this way of `lab up`.
const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: systems
endpoint: api.systems.test
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
machines:
  - {name: controller, os: debian, ip: 10.10.40.1, role: controller}
  - {name: worker1, os: fedora-coreos, network: {address: 10.10.40.2/24, gateway: 10.10.40.250, dns: [10.10.40.250]}}
  - name: worker2
    os: flatcar
    mac: 52:54:00:10:40:03
    network: {address: 10.10.40.3/24, gateway: 10.10.40.250, dns: [10.10.40.250]}
  - {name: edge, os: debian, ip: 198.51.100.23, role: edge}
`;
const BY_CLOUD_INIT = ['controller', 'edge'] as const;
const BY_IGNITION = ['worker1', 'worker2'] as const;

interface LabStatus {
  readonly machines: readonly { readonly name: string; readonly drive?: string }[];
}
interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: { readonly nodeInfo: { osImage: string; containerRuntimeVersion: string } };
}

// One story, in order: each test starts from what the one before it left.
describe('machines of Debian, Fedora CoreOS and Flatcar', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => cluster?.leave());

  it('become a cluster by themselves', () => {
    cluster.buildAndPowerOn('--provision', 'ignition');
    cluster.waitReady('9m');
  });

  it('have their configuration from cloud-init or Ignition, as their systems take it', () => {
    const { machines } = JSON.parse(cluster.ironkeel('lab', 'status', '--output', 'json')) as LabStatus;
    const drives = machines.filter(({ drive }) => drive !== undefined).map(({ name }) => name);
    expect(drives).toEqual(BY_CLOUD_INIT);
    for (const machine of BY_CLOUD_INIT) expect(cloudInit(machine)).toMatchObject({ status: 'done', errors: [] });
    for (const machine of BY_IGNITION) {
      expect(cluster.onMachine(machine, 'cat', '/etc/.ignition-result.json').status).toBe(0);
    }
  });

  it('run the containerd that is their system’s, or ours where it brings none', () => {
    const { items } = cluster.json<{ items: NodeObject[] }>('get', 'nodes');
    const infos = new Map(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo]));
    for (const machine of BY_CLOUD_INIT) {
      expect(infos.get(machine)?.osImage).toMatch(/^Debian GNU\/Linux 13/);
      expect(infos.get(machine)?.containerRuntimeVersion).toMatch(/^containerd:\/\/2\.3\.4/);
    }
    expect(infos.get('worker1')?.osImage).toMatch(/Fedora CoreOS/);
    expect(infos.get('worker2')?.osImage).toMatch(/Flatcar/);
    for (const machine of BY_IGNITION)
      expect(infos.get(machine)?.containerRuntimeVersion).toMatch(/^containerd:\/\/1\.7/);
  });

  const story = new Story(() => cluster, {
    controller: 'controller',
    workers: ['worker1', 'worker2'],
    addresses: ['10.10.40.2', '10.10.40.3'],
    edge: { name: 'edge', address: '198.51.100.23' },
  });
  story.nodes();
  story.network();

  it('have the static addresses of the inventory, by NetworkManager and by networkd', () => {
    const connection = 'nmcli --terse --fields ipv4.method,ipv4.addresses,IP4.GATEWAY connection show ironkeel';
    expect(must(cluster.onMachine('worker1', 'sh', '-c', connection)).split('\n')).toEqual(
      expect.arrayContaining(['ipv4.method:manual', 'ipv4.addresses:10.10.40.2/24', 'IP4.GATEWAY:10.10.40.250']),
    );
    for (const worker of ['worker1', 'worker2']) {
      const addresses = must(cluster.onMachine(worker, 'ip', '-4', '-o', 'address', 'show', 'dev', 'eth0'));
      expect(addresses.trim().split('\n'), worker).toHaveLength(1);
      expect(addresses).not.toContain('dynamic');
      expect(must(cluster.onMachine(worker, 'ip', 'route', 'show', 'default'))).not.toContain('dhcp');
    }
  });

  it('have NetworkManager leave the pods’ interfaces alone, since the first boot', () => {
    const { stdout } = cluster.onMachine('worker1', 'nmcli', '--terse', '--fields', 'DEVICE,STATE', 'device');
    const states = stdout.split('\n').filter((line) => /^(cali|flannel)/.test(line));
    expect(states.length).toBeGreaterThanOrEqual(2);
    for (const state of states) expect(state).toMatch(/:unmanaged$/);
  });

  story.shells();
  story.volumes();
  story.policies();
  story.metrics();
  story.reboots();
  story.powerCut();

  function cloudInit(machine: string): unknown {
    return JSON.parse(cluster.onMachine(machine, 'cloud-init', 'status', '--format', 'json').stdout);
  }
});
