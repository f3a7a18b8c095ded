import { describe, expect, it } from 'vitest';
import type { Cluster } from '../inventory/types.js';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { requiredCertificates } from './required.js';

const required = (over: Partial<Cluster> = {}) => requiredCertificates(planCluster(testCluster(over)));
const guide = required();
const spec = (id: string, specs = guide) => {
  const found = specs.find((each) => each.id === id);
  if (!found) throw new Error(`no certificate ${id}`);
  return found;
};

describe('the certificates of the guide', () => {
  it('are these, in this order', () => {
    expect(guide.map(({ id }) => id)).toEqual([
      'cluster/admin',
      'cluster/break-glass',
      'cluster/domain/example.com',
      'controller/apiserver',
      'controller/apiserver-kubelet-client',
      'controller/front-proxy-client',
      'controller/etcd-server',
      'controller/etcd-peer',
      'controller/etcd-healthcheck-client',
      'controller/apiserver-etcd-client',
      'controller/controller-manager',
      'controller/scheduler',
      'controller/bootstrap',
      'controller/kubelet-client',
      'controller/kubelet-server',
      'worker1/kubelet-client',
      'worker1/kubelet-server',
      'worker2/kubelet-client',
      'worker2/kubelet-server',
      'example.com/kubelet-client',
      'example.com/kubelet-server',
    ]);
  });

  it.each([
    ['cluster/admin', 'kubernetes', 'guide-admin', 'ironkeel:cluster-admins', ['clientAuth']],
    ['cluster/break-glass', 'kubernetes', 'guide-break-glass', 'system:masters', ['clientAuth']],
    ['cluster/domain/example.com', 'domains', 'example.com', undefined, ['serverAuth']],
    ['controller/apiserver', 'kubernetes', 'kube-apiserver', undefined, ['serverAuth']],
    [
      'controller/apiserver-kubelet-client',
      'kubernetes',
      'kube-apiserver-kubelet-client',
      'ironkeel:kubelet-api-admins',
      ['clientAuth'],
    ],
    ['controller/front-proxy-client', 'front-proxy', 'front-proxy-client', undefined, ['clientAuth']],
    ['controller/etcd-server', 'etcd', 'controller', undefined, ['serverAuth', 'clientAuth']],
    ['controller/etcd-peer', 'etcd', 'controller', undefined, ['serverAuth', 'clientAuth']],
    ['controller/etcd-healthcheck-client', 'etcd', 'kube-etcd-healthcheck-client', undefined, ['clientAuth']],
    ['controller/apiserver-etcd-client', 'etcd', 'kube-apiserver-etcd-client', undefined, ['clientAuth']],
    ['controller/controller-manager', 'kubernetes', 'system:kube-controller-manager', undefined, ['clientAuth']],
    ['controller/scheduler', 'kubernetes', 'system:kube-scheduler', undefined, ['clientAuth']],
    ['controller/bootstrap', 'kubernetes', 'ironkeel:bootstrap', 'system:masters', ['clientAuth']],
    ['worker1/kubelet-client', 'kubernetes', 'system:node:worker1', 'system:nodes', ['clientAuth']],
    ['worker1/kubelet-server', 'kubernetes', 'system:node:worker1', 'system:nodes', ['serverAuth']],
  ])('%s: authority %s, user %s, group %s, usages %j', (id, authority, commonName, organization, usages) => {
    const { subject, ...rest } = spec(id);
    expect([rest.authority, subject.commonName, subject.organization, rest.usages]).toEqual([
      authority,
      commonName,
      organization,
      usages,
    ]);
  });

  it('give the API server every name it is called by', () => {
    const { dnsNames, ipAddresses } = spec('controller/apiserver');
    expect(dnsNames).toEqual([
      'controller',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'localhost',
    ]);
    expect(ipAddresses).toEqual(['10.10.10.1', '10.3.0.1', '127.0.0.1', '::1']);
  });

  it('cover a domain and one level below it', () => {
    expect(spec('cluster/domain/example.com').dnsNames).toEqual(['example.com', '*.example.com']);
  });

  it('name the files of the guide', () => {
    const names = Object.fromEntries(guide.map(({ id, fileName }) => [id, fileName]));
    expect(names['controller/apiserver']).toBe('apiserver');
    expect(names['controller/kubelet-client']).toBe('kubelet-client');
    expect(names['worker1/kubelet-client']).toBe('worker');
    expect(names['example.com/kubelet-client']).toBe('worker');
  });
});

describe('what the inventory changes', () => {
  it('a DNS endpoint and a public address are names of the API server', () => {
    const specs = required({
      endpoint: { host: 'k8s.example.com', port: 6443 },
      clusterDomain: 'internal.lan',
      machines: [testMachine('c1', '10.0.0.1', 'controller', { publicAddress: '198.51.100.7' })],
    });
    const { dnsNames, ipAddresses } = spec('c1/apiserver', specs);
    expect(dnsNames).toContain('k8s.example.com');
    expect(dnsNames).toContain('kubernetes.default.svc.internal.lan');
    expect(ipAddresses).toContain('198.51.100.7');
  });

  it('node names by IP are the user and an address, not a DNS name', () => {
    const specs = required({ nodeNames: 'ip' });
    expect(spec('worker1/kubelet-client', specs).subject.commonName).toBe('system:node:10.10.10.2');
    const { dnsNames, ipAddresses } = spec('worker1/kubelet-server', specs);
    expect([dnsNames, ipAddresses]).toEqual([['worker1'], ['10.10.10.2']]);
  });

  it('a kubelet behind 1:1 NAT serves under both addresses', () => {
    const edge = testMachine('edge', '10.0.0.9', 'edge', { publicAddress: '198.51.100.9' });
    const specs = required({ machines: [testMachine('c', '10.0.0.1', 'controller'), edge] });
    expect(spec('edge/kubelet-server', specs).ipAddresses).toEqual(['10.0.0.9', '198.51.100.9']);
  });

  it('a machine whose address nobody knows is known by its name', () => {
    const dhcp = testMachine('w', '10.0.0.9', 'worker', { ip: undefined });
    const specs = required({ machines: [testMachine('c', '10.0.0.1', 'controller'), dhcp] });
    const { dnsNames, ipAddresses } = spec('w/kubelet-server', specs);
    expect([dnsNames, ipAddresses]).toEqual([['w'], []]);
  });

  it.each([
    ['ec-p256', ['digitalSignature']],
    ['rsa-2048', ['digitalSignature', 'keyEncipherment']],
    ['rsa-4096', ['digitalSignature', 'keyEncipherment']],
  ] as const)('%s keys are for %j', (keyType, keyUsages) => {
    const specs = required({ certificates: { ...testCluster().certificates, keyType } });
    expect(specs.every((each) => each.keyType === keyType)).toBe(true);
    expect(spec('cluster/admin', specs).keyUsages).toEqual(keyUsages);
  });

  it('a domain too long for a common name is an alternative name only', () => {
    const name = `${'a'.repeat(60)}.example.com`;
    const long = spec(`cluster/domain/${name}`, required({ domains: [{ name, edges: [] }] }));
    expect(long.subject.commonName.length).toBeLessThanOrEqual(64);
    expect(long.dnsNames).toContain(name);
  });

  it('a worker has exactly two certificates', () => {
    expect(guide.filter(({ id }) => id.startsWith('worker1/'))).toHaveLength(2);
  });
});
