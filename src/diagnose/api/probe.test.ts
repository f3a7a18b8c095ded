import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorFiles } from '../../pki/index.js';
import { issuedCluster } from '../../pki/testing/issued.js';
import { InputError } from '../../support/problem.js';
import { apiClient } from './client.js';
import { explainApiFailure } from './failure.js';
import { readKubeconfig } from './kubeconfig.js';
import { probeApi } from './probe.js';

const REAL_NOW = Date.now();
const ours = issuedCluster({}, REAL_NOW);
const foreign = issuedCluster({}, REAL_NOW);

function kubeconfigOf({ plan, secrets }: typeof ours): string {
  const file = operatorFiles(plan, secrets, { plainCaKeys: false }).find(({ path }) => path === 'kubeconfig');
  return Buffer.from(file?.content ?? []).toString('utf8');
}

/** Answers by path; who asks without our certificate gets 401, as from an API server. */
const answers = new Map<string, readonly [number, unknown]>();
let server: Server;
let url: string;

beforeAll(async () => {
  const { certificate, key } = ours.secrets.issued['controller/apiserver'] ?? { certificate: '', key: '' };
  const ca = ours.secrets.authorities.kubernetes.issuing.certificate;
  server = createServer(
    { cert: certificate, key, ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const known = (request.socket as { authorized?: boolean }).authorized === true;
      const [status, body] = known ? (answers.get(request.url ?? '') ?? [404, 'no']) : [401, 'Unauthorized'];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const client = () => apiClient(readKubeconfig(kubeconfigOf(ours), 'kubeconfig'));
const probe = (get = client(), at = url) => probeApi(at, new Map([['controller', at]]), get);

describe('the API', () => {
  it('that is ready tells of the cluster', async () => {
    answers.clear();
    answers.set('/readyz?verbose', [200, '[+]ping ok\nreadyz check passed']);
    answers.set('/api/v1/namespaces/kube-system', [200, { metadata: { uid: 'uid-1' } }]);
    answers.set('/api/v1/nodes', [200, { items: [NODE] }]);
    answers.set('/apis/apps/v1/daemonsets?labelSelector=ironkeel.dev%2Fmanaged%3Dtrue', [200, { items: [DAEMON_SET] }]);
    answers.set('/apis/apps/v1/deployments?labelSelector=ironkeel.dev%2Fmanaged%3Dtrue', [
      200,
      { items: [DEPLOYMENT] },
    ]);
    answers.set('/api/v1/namespaces/kube-system/pods', [200, { items: [POD] }]);
    answers.set('/api/v1/namespaces/local-path-storage/pods', [200, { items: [] }]);
    const { endpoint, controllers, view, failure } = await probe();
    expect(failure).toBeUndefined();
    expect(endpoint).toEqual({ url, ready: true });
    expect(controllers.get('controller')).toEqual(endpoint);
    expect(view?.kubeSystemUid).toBe('uid-1');
    expect(view?.nodes.get('worker1')).toEqual({
      ...{ ready: true, message: 'fine', kubeletVersion: 'v1.36.4', bootId: 'b', addresses: ['10.10.10.2'] },
      unschedulable: true,
      shortOf: ['disk'],
    });
    expect(view?.workloads.map(({ name, wanted, ready, observed }) => [name, wanted, ready, observed])).toEqual([
      ['kube-proxy', 4, 2, true],
      ['provisioner', 1, 1, false],
    ]);
    expect(view?.pods).toEqual([
      {
        ...{ namespace: 'kube-system', name: 'coredns-1', node: 'worker1', labels: { 'k8s-app': 'coredns' } },
        ...{ ready: false, mirror: false },
        waiting: { reason: 'CrashLoopBackOff', message: 'it ended with code 1' },
      },
    ]);
  });

  it('that is starting names the checks that fail', async () => {
    answers.clear();
    answers.set('/readyz?verbose', [500, '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed']);
    const { endpoint, view } = await probe();
    expect(view).toBeUndefined();
    expect(endpoint.failure?.message).toBe(`${new URL(url).host} is starting: these checks fail: etcd`);
  });

  it('that fails half-way is a finding', async () => {
    answers.clear();
    answers.set('/readyz?verbose', [200, 'ok']);
    const { endpoint, view, failure } = await probe();
    expect([endpoint.ready, view]).toEqual([true, undefined]);
    expect(failure?.message).toContain('HTTP 404');
  });

  it('of another authority is not ours', async () => {
    const { endpoint } = await probe(apiClient(readKubeconfig(kubeconfigOf(foreign), 'kubeconfig')));
    expect(endpoint.failure?.code).toBe('other-cluster');
    expect(endpoint.failure?.message).toContain('this is not the cluster you built');
  });

  it('that does not take our certificate says so', async () => {
    const mixed = { ...readKubeconfig(kubeconfigOf(foreign), 'k'), ca: readKubeconfig(kubeconfigOf(ours), 'k').ca };
    expect((await probe(apiClient(mixed))).endpoint.failure?.code).toBe('not-accepted');
  });

  it.each([
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-name'],
    ['ENOTFOUND', 'unknown-endpoint'],
    ['CERT_NOT_YET_VALID', 'certificate-time'],
    ['ABORT_ERR', 'api-silent'],
    ['EPROTO', 'api-failed'],
  ])('that fails with %s is told as %s', (code, told) => {
    expect(explainApiFailure(url, Object.assign(new Error('no'), { code })).code).toBe(told);
  });

  it('that nobody serves refuses the connection', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { endpoint } = await probe(client(), `https://127.0.0.1:${port}`);
    expect(endpoint.failure?.message).toBe(`127.0.0.1:${port} refuses the connection: no API server runs there yet`);
  });
});

describe('a kubeconfig', () => {
  it('is read as it was written', () => {
    const credentials = readKubeconfig(kubeconfigOf(ours), 'kubeconfig');
    expect(credentials.server).toBe('https://10.10.10.1:6443');
    expect(credentials.key).toContain('PRIVATE KEY');
  });

  it.each(['', 'a: [', 'current-context: x', 'users: [{name: x, user: {client-key-data: c2VjcmV0}}]'])(
    '%j is none',
    (text) => {
      expect(() => readKubeconfig(text, 'kubeconfig')).toThrow(InputError);
      expect(() => readKubeconfig(text, 'kubeconfig')).not.toThrow('c2VjcmV0');
    },
  );

  it('with a damaged key is refused without quoting it', () => {
    const credentials = { ...readKubeconfig(kubeconfigOf(ours), 'k'), key: '-----BEGIN PRIVATE KEY-----\nTOPSECRET\n' };
    expect(() => apiClient(credentials)).toThrow('the certificate or key in the kubeconfig cannot be used');
    expect(() => apiClient(credentials)).not.toThrow('TOPSECRET');
  });
});

const NODE = {
  metadata: { name: 'worker1' },
  spec: { unschedulable: true },
  status: {
    conditions: [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'DiskPressure', status: 'True' },
      { type: 'Ready', status: 'True', message: 'fine' },
    ],
    nodeInfo: { kubeletVersion: 'v1.36.4', bootID: 'b' },
    addresses: [
      { type: 'Hostname', address: 'worker1' },
      { type: 'InternalIP', address: '10.10.10.2' },
    ],
  },
};

const DAEMON_SET = {
  metadata: { name: 'kube-proxy', namespace: 'kube-system', generation: 2 },
  spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy' } } },
  status: { desiredNumberScheduled: 4, numberAvailable: 4, updatedNumberScheduled: 2, observedGeneration: 2 },
};

const DEPLOYMENT = {
  metadata: { name: 'provisioner', namespace: 'local-path-storage', generation: 3 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'provisioner' } } },
  status: { availableReplicas: 1, updatedReplicas: 1, observedGeneration: 2 },
};

const POD = {
  metadata: { name: 'coredns-1', namespace: 'kube-system', labels: { 'k8s-app': 'coredns' } },
  spec: { nodeName: 'worker1' },
  status: {
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      },
    ],
  },
};
