import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import type { Node } from '../plan/types.js';
import { nodeSslFiles, operatorFiles } from './folder-files.js';
import { issueCertificates } from './issue.js';
import { machinePkiFiles } from './machine-files.js';
import { issuedCluster, NOW } from './testing/issued.js';

const { plan, secrets } = issuedCluster();

function nodeOf(name: string): Node {
  const node = plan.nodes.find(({ machine }) => machine.name === name);
  if (!node) throw new Error(`no machine ${name}`);
  return node;
}

const text = (files: readonly { path: string; content: Uint8Array }[], path: string) => {
  const file = files.find((each) => each.path === path);
  if (!file) throw new Error(`no file ${path}`);
  return Buffer.from(file.content).toString('utf8');
};

const controller = machinePkiFiles(plan, nodeOf('controller'), secrets);
const worker = machinePkiFiles(plan, nodeOf('worker1'), secrets);
const edge = machinePkiFiles(plan, nodeOf('example.com'), secrets);
const operator = operatorFiles(plan, secrets, { plainCaKeys: true });
const folders = plan.nodes.flatMap((node) => nodeSslFiles(plan, node, secrets));

describe('the files on a machine', () => {
  it('are these on a worker', () => {
    expect(worker.map(({ path, mode }) => `${mode.toString(8)} ${path}`)).toEqual([
      '600 /etc/kubernetes/kubeconfig/kubelet.yaml',
      '644 /etc/kubernetes/pki/ca.pem',
      '600 /etc/kubernetes/pki/kubelet-client-seed.pem',
      '600 /etc/kubernetes/pki/kubelet-server-key.pem',
      '644 /etc/kubernetes/pki/kubelet-server.pem',
      '600 /etc/ssh/ssh_host_ed25519_key',
      '644 /etc/ssh/ssh_host_ed25519_key.pub',
    ]);
  });

  it('are also these on a controller', () => {
    const more = controller.map(({ path }) => path).filter((path) => !worker.some((each) => each.path === path));
    expect(more).toEqual([
      '/etc/kubernetes/kubeconfig/bootstrap.yaml',
      '/etc/kubernetes/kubeconfig/controller-manager.yaml',
      '/etc/kubernetes/kubeconfig/scheduler.yaml',
      '/etc/kubernetes/pki/apiserver-etcd-client-key.pem',
      '/etc/kubernetes/pki/apiserver-etcd-client.pem',
      '/etc/kubernetes/pki/apiserver-key.pem',
      '/etc/kubernetes/pki/apiserver-kubelet-client-key.pem',
      '/etc/kubernetes/pki/apiserver-kubelet-client.pem',
      '/etc/kubernetes/pki/apiserver.pem',
      '/etc/kubernetes/pki/etcd/ca.pem',
      '/etc/kubernetes/pki/etcd/healthcheck-client-key.pem',
      '/etc/kubernetes/pki/etcd/healthcheck-client.pem',
      '/etc/kubernetes/pki/etcd/peer-key.pem',
      '/etc/kubernetes/pki/etcd/peer.pem',
      '/etc/kubernetes/pki/etcd/server-key.pem',
      '/etc/kubernetes/pki/etcd/server.pem',
      '/etc/kubernetes/pki/front-proxy-ca.pem',
      '/etc/kubernetes/pki/front-proxy-client-key.pem',
      '/etc/kubernetes/pki/front-proxy-client.pem',
      '/etc/kubernetes/pki/sa-key.pem',
      '/etc/kubernetes/pki/sa-pub.pem',
      '/etc/kubernetes/pki/signing-ca-key.pem',
      '/etc/kubernetes/pki/signing-ca.pem',
    ]);
  });

  it('are the domains of an edge', () => {
    const paths = edge.map(({ path }) => path).filter((path) => path.includes('/domains/'));
    expect(paths).toEqual([
      '/etc/kubernetes/pki/domains/example.com-key.pem',
      '/etc/kubernetes/pki/domains/example.com.pem',
    ]);
    const elsewhere = planCluster(testCluster({ domains: [{ name: 'example.com', edges: ['another'] }] }));
    const files = machinePkiFiles(elsewhere, nodeOf('example.com'), secrets);
    expect(files.some(({ path }) => path.includes('/domains/'))).toBe(false);
  });

  it('hold an authority key and the service-account key on controllers alone', () => {
    const authorityKeys = Object.values(secrets.authorities).map(({ issuing }) => issuing.key);
    const guarded = [...authorityKeys, secrets.serviceAccount.signingKey];
    const holds = (files: readonly { content: Uint8Array }[]) =>
      guarded.filter((key) => files.some(({ content }) => Buffer.from(content).includes(key)));
    expect(holds(controller)).toEqual([secrets.authorities.kubernetes.issuing.key, secrets.serviceAccount.signingKey]);
    expect(holds(worker)).toEqual([]);
    expect(holds(edge)).toEqual([]);
  });

  it('hold no private key of another machine', () => {
    const own = (id: string) => id.startsWith('worker1/');
    const foreign = Object.entries(secrets.issued).filter(([id]) => !own(id));
    for (const [id, { key }] of foreign) {
      const found = worker.some(({ content }) => Buffer.from(content).includes(key));
      expect(found, id).toBe(false);
    }
  });

  it('hold nothing for an etcd that is not ours', () => {
    const external = { endpoints: ['https://10.0.0.1:2379'], ca: 'CA', certificate: 'CERTIFICATE', key: 'KEY' };
    const other = issuedCluster({ etcd: { external } });
    const [node] = other.plan.controllers;
    const files = node === undefined ? [] : machinePkiFiles(other.plan, node, other.secrets);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ path }) => path.includes('etcd'))).toEqual([]);
    expect(Object.keys(other.secrets.issued).filter((id) => id.includes('etcd'))).toEqual([]);
  });

  it('belong to whoever reads them', () => {
    const owners = { etcd: 101, controlPlane: 102, scheduler: 103 };
    const files = machinePkiFiles(plan, nodeOf('controller'), secrets, owners);
    const owned = (uid: number) => files.filter((file) => file.uid === uid && file.gid === uid).map(({ path }) => path);
    expect(owned(101)).toEqual(['/etc/kubernetes/pki/etcd/peer-key.pem', '/etc/kubernetes/pki/etcd/server-key.pem']);
    expect(owned(103)).toEqual(['/etc/kubernetes/kubeconfig/scheduler.yaml']);
    expect(owned(102)).toContain('/etc/kubernetes/pki/sa-key.pem');
    expect(owned(102)).toContain('/etc/kubernetes/pki/apiserver-key.pem');
    expect(controller.every(({ uid }) => uid === 0)).toBe(true);
  });

  it('give the signer one certificate alone and its key, and everybody all that are accepted', () => {
    const [other = ''] = issuedCluster().secrets.authorities.kubernetes.accepted;
    const { issuing, accepted } = secrets.authorities.kubernetes;
    const kubernetes = { issuing, accepted: [...accepted, other] };
    const both = { ...secrets, authorities: { ...secrets.authorities, kubernetes } };
    const files = machinePkiFiles(plan, nodeOf('controller'), both);
    expect(text(files, '/etc/kubernetes/pki/signing-ca.pem')).toBe(issuing.certificate);
    expect(text(files, '/etc/kubernetes/pki/ca.pem')).toBe(issuing.certificate + other);
    const certificate = new X509Certificate(issuing.certificate);
    expect(certificate.checkPrivateKey(createPrivateKey(text(files, '/etc/kubernetes/pki/signing-ca-key.pem')))).toBe(
      true,
    );
  });

  it('seed the kubelet with one file of certificate and key', () => {
    const seed = text(worker, '/etc/kubernetes/pki/kubelet-client-seed.pem');
    const certificate = new X509Certificate(seed);
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:worker1');
    expect(certificate.checkPrivateKey(createPrivateKey(seed))).toBe(true);
  });

  it('are missing a certificate only by a bug, which is named', () => {
    const more = planCluster(testCluster({ machines: [testMachine('w9', '10.0.0.9')] }));
    const [node] = more.nodes;
    expect(() => node && machinePkiFiles(more, node, secrets)).toThrow('w9/kubelet-client has not been issued');
  });
});

describe('every private key', () => {
  it.each([
    ['on the machines', [...controller, ...worker, ...edge]],
    ['in the node folders', folders],
    ['of the operator', operator],
  ])('%s is in a file for its owner alone', (_, files) => {
    const keys = files.filter(({ content }) => /PRIVATE KEY|client-key-data/.test(Buffer.from(content).toString()));
    expect(keys.length).toBeGreaterThan(0);
    for (const { path, mode } of keys) expect(mode, path).toBe(0o600);
  });
});

describe('kubeconfigs', () => {
  const read = (files: Parameters<typeof text>[0], path: string) => parse(text(files, path));

  it.each([
    ['worker', worker],
    ['controller', controller],
  ])("let a %s's kubelet rotate its certificate and find the API through the balancer", (_, files) => {
    const config = read(files, '/etc/kubernetes/kubeconfig/kubelet.yaml');
    expect(config.clusters[0].cluster).toEqual({
      server: 'https://127.0.0.1:7443',
      'certificate-authority': '/etc/kubernetes/pki/ca.pem',
    });
    expect(config.users[0].user).toEqual({
      'client-certificate': '/var/lib/kubelet/pki/kubelet-client-current.pem',
      'client-key': '/var/lib/kubelet/pki/kubelet-client-current.pem',
    });
  });

  it.each([
    ['controller-manager', 'system:kube-controller-manager'],
    ['scheduler', 'system:kube-scheduler'],
    ['bootstrap', 'ironkeel:bootstrap'],
  ])("lead a controller's %s to its own API server", (component, user) => {
    const config = read(controller, `/etc/kubernetes/kubeconfig/${component}.yaml`);
    expect(config.clusters[0].cluster.server).toBe('https://127.0.0.1:6443');
    const certificate = Buffer.from(config.users[0].user['client-certificate-data'], 'base64').toString();
    expect(new X509Certificate(certificate).subject).toContain(`CN=${user}`);
  });

  it.each([
    ['kubeconfig', 'guide-admin', 'O=ironkeel:cluster-admins'],
    ['ssl/break-glass.kubeconfig', 'guide-break-glass', 'O=system:masters'],
  ])('%s is for people: context guide, user %s, group %s', (path, user, group) => {
    const config = read(operator, path);
    expect(config).toMatchObject({ apiVersion: 'v1', kind: 'Config', 'current-context': 'guide' });
    expect(config.contexts).toEqual([{ name: 'guide', context: { cluster: 'guide', user } }]);
    expect(config.clusters[0].cluster.server).toBe('https://10.10.10.1:6443');
    const data = config.users[0].user;
    const certificate = new X509Certificate(Buffer.from(data['client-certificate-data'], 'base64'));
    expect(certificate.subject).toContain(group);
    expect(certificate.checkPrivateKey(createPrivateKey(Buffer.from(data['client-key-data'], 'base64')))).toBe(true);
    const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString();
    expect(ca).toBe(secrets.authorities.kubernetes.issuing.certificate);
  });
});

describe('the folders', () => {
  it('have the layout of the guide', () => {
    const paths = (name: string) => nodeSslFiles(plan, nodeOf(name), secrets).map(({ path }) => path);
    expect(paths('worker1')).toEqual([
      'ssl/kubelet-server-key.pem',
      'ssl/kubelet-server.csr',
      'ssl/kubelet-server.pem',
      'ssl/worker-key.pem',
      'ssl/worker.csr',
      'ssl/worker.pem',
    ]);
    expect(paths('controller')).toEqual(
      expect.arrayContaining(['ssl/apiserver.pem', 'ssl/apiserver-key.pem', 'ssl/apiserver.csr']),
    );
  });

  it('hold these for the operator', () => {
    expect(operator.map(({ path }) => path)).toEqual([
      'known_hosts',
      'kubeconfig',
      'ssl/admin-key.pem',
      'ssl/admin.csr',
      'ssl/admin.pem',
      'ssl/break-glass.kubeconfig',
      'ssl/ca-key.pem',
      'ssl/ca.pem',
      'ssl/domains-ca.pem',
      'ssl/domains/example.com-key.pem',
      'ssl/domains/example.com.csr',
      'ssl/domains/example.com.pem',
      'ssl/etcd-ca.pem',
      'ssl/front-proxy-ca.pem',
    ]);
  });

  it('hold no authority key when the secrets are encrypted', () => {
    const sealed = operatorFiles(plan, secrets, { plainCaKeys: false });
    expect(sealed.map(({ path }) => path)).not.toContain('ssl/ca-key.pem');
    for (const { issuing } of Object.values(secrets.authorities)) {
      expect(sealed.some(({ content }) => Buffer.from(content).includes(issuing.key))).toBe(false);
    }
  });

  it('let ssh know every machine by all its names', () => {
    const edge = testMachine('edge', '10.0.0.9', 'edge', { publicAddress: '198.51.100.9' });
    const two = planCluster(
      testCluster({ machines: [testMachine('c', '10.0.0.1', 'controller'), edge], nodeNames: 'ip' }),
    );
    const issued = issueCertificates(two, secrets, NOW).secrets;
    const lines = text(operatorFiles(two, issued, { plainCaKeys: true }), 'known_hosts')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['c,10.0.0.1', 'edge,10.0.0.9,198.51.100.9']);
    expect(lines[1]).toBe(`edge,10.0.0.9,198.51.100.9 ${issued.sshHostKeys.edge?.publicKey}`);
  });

  it('accept tokens signed with the key on the controllers', () => {
    const key = createPublicKey(text(controller, '/etc/kubernetes/pki/sa-key.pem'));
    expect(text(controller, '/etc/kubernetes/pki/sa-pub.pem')).toBe(key.export({ type: 'spki', format: 'pem' }));
  });
});
