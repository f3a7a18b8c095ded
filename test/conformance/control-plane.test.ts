import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../src/generate.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { KUBERNETES, pinsOfNothing } from '../support/kubernetes.js';
import { ControlPlane } from './support/control-plane.js';

// The control plane of the guide's controller as it is rendered, run by the real programs: whether each takes its
// command line, reads its files as its user, and does what the configuration is for.

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'ironkeel-balancer'];
let machine: ControlPlane;
let kubectl: string;

beforeAll(async () => {
  const { version } = KUBERNETES;
  const { plan, secrets } = issuedCluster({ kubernetes: { version } }, Date.now());
  const options = { generations: new Map(), plainCaKeys: false, bundle: pinsOfNothing() };
  const [controller] = generate(plan.cluster, secrets, options).machines();
  if (controller === undefined) throw new Error('no controller');
  kubectl = ControlPlane.build(KUBERNETES.module, 'kubectl');
  const { files, config } = controller.sealed;
  machine = new ControlPlane(mkdtempSync(join(tmpdir(), 'ironkeel-plane-')), files, config.directories, '10.10.10.1');
  await machine.start('/etc/kubernetes/etcd/pod.yaml');
  for (const name of NAMES.slice(1)) await machine.start(`/etc/kubernetes/manifests/${name}.yaml`);
}, 2_400_000);
afterAll(() => {
  machine?.stop();
  rmSync(machine.folder, { recursive: true, force: true });
});

async function administer(...args: string[]) {
  const kubeconfig = machine.path('/etc/kubernetes/kubeconfig/bootstrap.yaml');
  return machine.inside(kubectl, ['--kubeconfig', kubeconfig, '--request-timeout=10s', ...args]);
}

describe(`the control plane of ${KUBERNETES.version}`, () => {
  it('is that version', async () => {
    const { output } = await administer('version', '--output=json');
    const { clientVersion, serverVersion } = JSON.parse(output);
    for (const { gitVersion } of [clientVersion, serverVersion]) expect(gitVersion).toBe(`v${KUBERNETES.version}`);
  });

  it.each([
    ['etcd', 'http://127.0.0.1:2381/readyz'],
    ['the API server', 'https://127.0.0.1:6443/readyz'],
    ['the API server, through the balancer,', 'https://127.0.0.1:7443/readyz'],
    ['the balancer itself', 'http://127.0.0.1:7444/healthz'],
    ['the controller manager', 'https://127.0.0.1:10257/healthz'],
    ['the scheduler', 'https://127.0.0.1:10259/readyz'],
  ])('%s is ready, at the probes’ addresses', async (_, url) => {
    expect(await machine.answer(url, 200)).toBe(200);
  });

  it.each(NAMES)('%s knows every flag, and none is on its way out', (name) => {
    const lines = machine.log(name).split('\n');
    expect(
      lines.filter((line) => /unknown flag|has been deprecated|unrecognized|\[ALERT\]|\[WARNING\]/.test(line)),
    ).toEqual([]);
  });
});

describe('the API server', () => {
  it('answers strangers about its health and about nothing else', async () => {
    for (const path of ['livez', 'healthz'])
      expect(await machine.answer(`https://10.10.10.1:6443/${path}`, 200, 5)).toBe(200);
    for (const path of ['version', 'api', 'metrics', 'readyz/etcd'])
      expect(await machine.answer(`https://10.10.10.1:6443/${path}`, 401, 1), path).toBe(401);
  });

  it('encrypts secrets before etcd gets them, and keeps them out of its log', async () => {
    const { code, output } = await administer('create', 'secret', 'generic', 'word', '--from-literal=word=hushhush');
    expect(code, output).toBe(0);
    const client = (suffix: string) => machine.path(`/etc/kubernetes/pki/etcd/healthcheck-client${suffix}.pem`);
    const trust = [
      '--cacert',
      machine.path('/etc/kubernetes/pki/etcd/ca.pem'),
      '--cert',
      client(''),
      '--key',
      client('-key'),
    ];
    const etcdctl = ControlPlane.build('etcd', 'etcdctl');
    const stored = await machine.inside(etcdctl, [...trust, 'get', '/registry/secrets/default/word']);
    expect(stored.output).toContain('k8s:enc:secretbox:v1:');
    expect(stored.output).not.toContain('hushhush');
    const log = machine.path('/var/log/kubernetes/audit.log');
    expect(readFileSync(log, 'utf8')).toContain('"resource":"secrets","namespace":"default","name":"word"');
    expect(readFileSync(log, 'utf8')).not.toMatch(/hushhush|aHVzaGh1c2g/);
    expect(statSync(log)).toMatchObject({ uid: 61002, mode: 0o100600 });
  });

  it('refuses pods that could take over their machine, outside of Kubernetes’ own namespace', async () => {
    const privileged = '{"spec":{"hostNetwork":true,"automountServiceAccountToken":false}}';
    const attempt = (namespace: string) =>
      administer('run', 'x', '--image=x', '-n', namespace, `--overrides=${privileged}`, '--dry-run=server');
    // The controller manager makes the account that every pod has.
    for (let tries = 0; tries < 50 && (await administer('get', 'serviceaccount', 'default')).code !== 0; tries++);
    expect((await attempt('default')).output).toContain('violates PodSecurity "baseline:latest"');
    expect((await attempt('kube-system')).output).toContain('pod/x created (server dry run)');
  });
});

describe('the balancer', () => {
  it('ends when it is asked to', async () => {
    expect(await machine.end('ironkeel-balancer')).toBe(true);
  });
});
