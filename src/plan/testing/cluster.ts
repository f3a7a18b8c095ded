import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster, Machine, Role } from '../../inventory/types.js';

/** A machine as validation would leave it, for tests. */
export function testMachine(name: string, ip: string, role: Role = 'worker', over: Partial<Machine> = {}): Machine {
  return {
    name,
    ip,
    role,
    architecture: 'amd64',
    os: 'flatcar',
    osChannel: 'stable',
    labels: {},
    taints: [],
    files: [],
    units: [],
    ...over,
  };
}

/** The guide's cluster as validation would leave it, for tests. */
export function testCluster(over: Partial<Cluster> = {}): Cluster {
  return {
    name: 'guide',
    kubernetes: { version: '1.36.4' },
    ...CLUSTER_SETTINGS,
    endpoint: { host: '10.10.10.1', port: 6443 },
    sshKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9a5eyFd0VXmb4eG3ILjOnqJBBZ0MAnQKaVKrTEoZyr me@laptop'],
    podRange: '10.2.0.0/16',
    serviceRange: '10.3.0.0/16',
    clusterDomain: 'cluster.local',
    domains: [{ name: 'example.com', edges: ['example.com'] }],
    nodeNames: 'machine',
    ntp: [],
    registries: [],
    certificates: { keyType: 'ec-p256', caLifetimeDays: 3650, leafLifetimeDays: 365, renewBeforeDays: 90 },
    machines: [
      testMachine('controller', '10.10.10.1', 'controller'),
      testMachine('worker1', '10.10.10.2'),
      testMachine('worker2', '10.10.10.3'),
      testMachine('example.com', '123.234.234.123', 'edge'),
    ],
    ...over,
  };
}
