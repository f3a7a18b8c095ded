import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACME_CLUSTER } from '../../src/addons/cert-manager/testing/cluster.js';
import { addonFiles, kubeProxyOverride } from '../../src/addons/index.js';
import { encodeYaml } from '../../src/formats/yaml.js';
import { applyScript } from '../../src/host/scripts.js';
import { CLUSTER_SETTINGS } from '../../src/inventory/settings.js';
import type { Cluster } from '../../src/inventory/types.js';
import { machinePkiFiles, operatorFiles } from '../../src/pki/index.js';
import { NODE_PKI } from '../../src/pki/paths.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { planCluster } from '../../src/plan/index.js';
import { testCluster } from '../../src/plan/testing/cluster.js';
import { certManagerRelease } from '../../src/releases/cert-manager.js';
import { componentImages } from '../../src/releases/images.js';
import { KUBERNETES } from '../support/kubernetes.js';
import { LocalApi } from './support/local-api.js';
import type { RunResult } from './support/run.js';

// The API server that is to take the addons' objects, and the kubectl and the program that bring them.
const { module, version } = KUBERNETES;
const kubernetes = { version };
const { plan, secrets } = issuedCluster({ kubernetes }, Date.now());
const images = componentImages(version, '3.6.14');
const MANAGED = '--selector=ironkeel.dev/managed=true';

let folder: string;
let api: LocalApi;
let kubectlProgram: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-addons-'));
  api = new LocalApi(folder, plan);
  const controller = plan.controllers[0];
  if (controller === undefined) throw new Error('the fixture changed');
  api.place(machinePkiFiles(plan, controller, secrets));
  mkdirSync(api.path('/etc/ironkeel'), { recursive: true });
  writeFileSync(api.path('/etc/ironkeel/node-name'), 'controller\n');
  kubectlProgram = LocalApi.program(module, 'kubectl');
  mkdirSync(api.path('/opt/bin'), { recursive: true });
  writeFileSync(api.path('/opt/bin/ironkeel-apply'), applyScript(), { mode: 0o755 });
  symlinkSync(kubectlProgram, api.path('/opt/bin/kubectl'));
}, 2_400_000);

afterAll(() => {
  api?.stop();
  rmSync(folder, { recursive: true });
});

function kubectl(...args: string[]): Promise<RunResult> {
  return api.inside(kubectlProgram, [`--kubeconfig=${api.path('/etc/kubernetes/kubeconfig/bootstrap.yaml')}`, ...args]);
}

async function ask(...args: string[]): Promise<string> {
  const { code, output } = await kubectl(...args);
  expect(code, output).toBe(0);
  return output.trim();
}

async function give(object: object): Promise<void> {
  const file = join(folder, 'given.json');
  writeFileSync(file, JSON.stringify(object));
  await ask('apply', '-f', file);
}

/** The manifests of a cluster, as a generation places them. */
function place(over: Partial<Cluster> = {}): void {
  rmSync(api.path('/etc/kubernetes/addons'), { recursive: true, force: true });
  api.place(addonFiles(planCluster(testCluster({ kubernetes, ...over })), images));
}

/** Powers the machine off and on, as far as the program can tell. */
function boot(): void {
  rmSync(api.path('/run'), { recursive: true, force: true });
}

function apply(...args: string[]): Promise<RunResult> {
  return api.inside('bash', [api.path('/opt/bin/ironkeel-apply'), ...args], { IRONKEEL_ROOT: join(folder, 'root') });
}

function status(): string {
  return readFileSync(api.path('/run/ironkeel/apply-status'), 'utf8').trim();
}

/** Every object of ours with its version, which changes with every write. */
async function versions(): Promise<Record<string, string>> {
  const kinds =
    'clusterrolebindings,clusterroles,configmaps,daemonsets,deployments,ingressclasses,ingresses,poddisruptionbudgets,rolebindings,roles,serviceaccounts,services,storageclasses,apiservices';
  const path =
    '{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion} {.metadata.generation}{"\\n"}{end}';
  const lines = (await ask('get', kinds, '-A', MANAGED, `-o=jsonpath=${path}`)).split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(' ')), line]));
}

describe('a controller that applies its manifests', () => {
  it('waits for the API server and for kubectl, and says so', async () => {
    place();
    rmSync(api.path('/opt/bin/kubectl'));
    const { code, output } = await apply('--once');
    expect([code, output]).toEqual([1, 'ironkeel-apply: kubectl is not installed yet\n']);
    symlinkSync(kubectlProgram, api.path('/opt/bin/kubectl'));
    expect((await apply('--once')).output).toMatch(/the API server of this machine (does not answer yet|waits for )/);
    expect(status()).toMatch(/^waiting: the API server of this machine /);
    await api.start();
    await untilReady();
  });

  it('has every object taken, with every field', async () => {
    expect((await asAdmin('get', 'nodes')).output).toContain('forbidden');
    const { code, output } = await apply('--once');
    expect(code).toBe(1);
    expect(output).toMatch(/^ironkeel-apply: applied \d+ objects\nironkeel-apply: not registered yet: [^\n]*\n$/);
    expect(await ask('get', 'nodes', '-o=name')).toBe('');
    expect(Object.keys(await versions())).toEqual(expect.arrayContaining(EXPECTED));
    const address = ['get', 'service', '-n', 'kube-system', 'kube-dns', '-o=jsonpath={.spec.clusterIP}'];
    expect(await ask(...address)).toBe('10.3.0.10');
    expect((await asAdmin('get', 'nodes')).output).toContain('No resources found');
  });

  it('has a field refused that the API server does not know', async () => {
    const wrong = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'wrong', namespace: 'kube-system' },
      datta: {},
    };
    const file = api.path('/etc/kubernetes/addons/99-wrong.yaml');
    writeFileSync(file, `# object ConfigMap.v1. kube-system wrong\n${encodeYaml(wrong)}`);
    const { code, output } = await apply('--once');
    rmSync(file);
    expect(code).toBe(1);
    expect(output).toMatch(/not everything could be applied: .*datta/);
  });

  it('labels and taints nodes once they have registered', async () => {
    for (const { nodeName } of plan.nodes) await give({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
    const { code, output } = await apply('--once');
    expect(code, output).toBe(0);
    expect(status()).toBe('done: everything is applied, every node has registered');
    expect(await labelsOf('worker1')).toMatchObject({ 'node-role.kubernetes.io/worker': '' });
    expect(await labelsOf('example.com')).toMatchObject({
      role: 'edge-router',
      'node-restriction.kubernetes.io/role': 'edge-router',
      'node-role.kubernetes.io/edge': '',
    });
    expect(await taintsOf('controller')).toContain('node-role.kubernetes.io/control-plane:NoSchedule');
    expect(await taintsOf('worker1')).not.toContain('control-plane');
  });

  it('changes nothing the second time, nor after a boot, nor from another controller', async () => {
    const before = await versions();
    expect((await apply('--once')).output).toBe('');
    boot();
    expect((await apply('--once')).output).toMatch(/^ironkeel-apply: applied \d+ objects\n$/);
    asController('controller2');
    boot();
    expect((await apply('--once')).code).toBe(0);
    asController('controller');
    expect(await versions()).toEqual(before);
  });

  it('puts back after a boot what was taken away or changed', async () => {
    await ask('delete', 'deployment', '-n', 'kube-system', 'coredns');
    await ask(
      'patch',
      'configmap',
      '-n',
      'kube-system',
      'coredns',
      '--type=merge',
      '-p={"data":{"Corefile":"nothing"}}',
    );
    boot();
    expect((await apply('--once')).code).toBe(0);
    await ask('get', 'deployment', '-n', 'kube-system', 'coredns');
    expect(await ask('get', 'configmap', '-n', 'kube-system', 'coredns', '-o=yaml')).toContain(
      'kubernetes cluster.local',
    );
  });
});

describe('a configuration that is followed by another', () => {
  it('takes away what is gone from it, and nothing of the user’s', async () => {
    const mine = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'kube-system' } };
    const kept = { ...mine, metadata: { ...mine.metadata, name: 'kept' }, data: { a: 'b' } };
    await give(kept);
    // The user made this one their own.
    await ask('label', 'serviceaccount', '-n', 'kube-system', 'local-path', 'ironkeel.dev/managed-');
    place({ addons: { metricsServer: false, localStorage: false, networkPolicy: true, headlamp: false } });
    const { code, output } = await apply('--once');
    expect(code, output).toBe(0);
    expect(output).toContain('removed Deployment.v1.apps metrics-server, which is no longer wanted');
    expect(output).toContain('removed StorageClass.v1.storage.k8s.io local-path, which is no longer wanted');
    const left = Object.keys(await versions());
    expect(left.filter((name) => /metrics|local-path/.test(name))).toEqual([]);
    expect(left).toContain('DaemonSet/kube-proxy');
    expect(await ask('get', 'configmap', '-n', 'kube-system', 'kept', '-o=jsonpath={.data.a}')).toBe('b');
    await ask('get', 'serviceaccount', '-n', 'kube-system', 'local-path');
  });

  it('is not undone by a controller that still has the earlier one', async () => {
    const before = await versions();
    asController('controller2');
    place();
    boot();
    const { code, output } = await apply('--once');
    asController('controller');
    expect(code, output).toBe(0);
    expect(output).toContain('another controller has applied later manifests: those of this one are left');
    expect(await versions()).toEqual(before);
  });

  it('takes labels and taints from nodes that lost them, and leaves those it did not set', async () => {
    await ask('label', 'node', 'worker1', 'mine=yes');
    const machines = testCluster().machines.map((machine) =>
      machine.name === 'worker1' ? { ...machine, labels: { rack: 'r1' }, taints: [DEDICATED] } : machine,
    );
    place({ machines });
    expect((await apply('--once')).output).toContain('the node worker1 has its labels and taints');
    expect(await labelsOf('worker1')).toMatchObject({ rack: 'r1', mine: 'yes' });
    expect(await taintsOf('worker1')).toContain('dedicated=db:NoExecute');
    place({ schedulableControllers: true });
    expect((await apply('--once')).code).toBe(0);
    expect(await labelsOf('worker1')).not.toHaveProperty('rack');
    expect(await labelsOf('worker1')).toMatchObject({ mine: 'yes' });
    expect(await taintsOf('worker1')).not.toContain('dedicated');
    expect(await taintsOf('controller')).not.toContain('control-plane');
  });
});

describe('the dashboard’s accounts', () => {
  it('may look at everything but Secrets, or do everything; the dashboard itself may nothing', async () => {
    place({ addons: { ...CLUSTER_SETTINGS.addons, headlamp: true } });
    const { code, output } = await apply('--once');
    expect(code, output).toBe(0);
    expect(await may('headlamp-view')).toEqual([true, false, false]);
    expect(await may('headlamp-admin')).toEqual([true, true, true]);
    expect(await may('headlamp')).toEqual([false, false, false]);
  });

  /** What a token of the account opens: looking at nodes, at Secrets, and taking away. */
  async function may(account: string): Promise<boolean[]> {
    const token = await ask('create', 'token', account, '-n', 'kube-system', '--duration=10m');
    const asked = [
      ['list', 'nodes'],
      ['list', 'secrets'],
      ['delete', 'deployments'],
    ];
    const access = [
      '--server=https://127.0.0.1:6443',
      `--certificate-authority=${api.path(NODE_PKI.ca)}`,
      `--token=${token}`,
    ];
    const answers: boolean[] = [];
    for (const words of asked) {
      const { output } = await api.inside(kubectlProgram, [...access, 'auth', 'can-i', ...words, '--all-namespaces']);
      answers.push(/^yes$/m.test(output));
    }
    return answers;
  }
});

describe('the user’s own manifests', () => {
  const replaced = () => ask('get', 'configmap', '-n', 'kube-system', 'kube-proxy', '-o=yaml');

  it('go behind ours, and take the place of ours of the same name', async () => {
    writeUsers('10-proxy.yaml', kubeProxyOverride(plan, { conntrack: { maxPerCore: 0, min: 0 } }));
    writeUsers('20-own.yaml', encodeYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'own' } }));
    const { code, output } = await apply('--once');
    expect(code, output).toBe(0);
    expect(await replaced()).toContain('maxPerCore: 0');
    expect(Object.keys(await versions())).not.toContain('ConfigMap/kube-proxy');
    await ask('get', 'namespace', 'own');
  });

  it('stay where they are when their file goes, and ours return', async () => {
    rmSync(api.path('/etc/kubernetes/addons.d/10-proxy.yaml'));
    rmSync(api.path('/etc/kubernetes/addons.d/20-own.yaml'));
    expect((await apply('--once')).code).toBe(0);
    expect(await replaced()).not.toContain('maxPerCore');
    expect(Object.keys(await versions())).toContain('ConfigMap/kube-proxy');
    await ask('get', 'namespace', 'own');
  });

  it('hold up nothing of ours when they are wrong, and are named', async () => {
    writeUsers('wrong.yaml', encodeYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not_A_Name' } }));
    await ask('delete', 'daemonset', '-n', 'kube-system', 'flannel');
    boot();
    const { code, output } = await apply('--once');
    expect(code).toBe(1);
    expect(output).toContain('the manifests in /etc/kubernetes/addons.d could not all be applied: ');
    expect(output).toContain('Not_A_Name');
    await ask('get', 'daemonset', '-n', 'kube-system', 'flannel');
  });
});

describe('certificates by ACME', () => {
  const kinds = certManagerRelease().definitions.map(({ metadata }) => metadata.name);

  it('have kinds of the release they were taken from', () => {
    const check = spawnSync(process.execPath, ['tools/refresh-cert-manager.mjs', '--check'], { encoding: 'utf8' });
    expect(check.status, check.stderr).toBe(0);
  });

  it('are brought with their kinds in one go, and asked of no webhook', async () => {
    rmSync(api.path('/etc/kubernetes/addons.d'), { recursive: true, force: true });
    place(ACME_CLUSTER);
    const { code, output } = await apply('--once');
    expect(code, output).toBe(0);
    const established = '-o=jsonpath={.status.conditions[?(@.type=="Established")].status}';
    for (const name of kinds) expect(await ask('get', 'crd', name, established), name).toBe('True');
    const solver = await ask('get', 'clusterissuer', 'acme', '-o=jsonpath={.spec.acme.solvers[1].dns01}');
    expect(JSON.parse(solver)).toEqual(ACME_CLUSTER.acme.dns01);
    expect(await ask('get', 'certificate', '-n', 'kube-system', 'acme-example.com', '-o=name')).toContain(
      'acme-example',
    );
    boot();
    expect((await apply('--once')).output).toMatch(/^ironkeel-apply: applied \d+ objects\n$/);
  });

  it('are closed to everybody else as long as the webhook does not answer', async () => {
    const issuer = { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', metadata: { name: 'other' } };
    writeFileSync(join(folder, 'given.json'), JSON.stringify({ ...issuer, spec: { selfSigned: {} } }));
    const { code, output } = await asAdmin('apply', '-f', join(folder, 'given.json'));
    expect(code).not.toBe(0);
    expect(output).toContain('failed calling webhook "webhook.cert-manager.io"');
  });

  it('take the parts with them when they go, and leave the kinds and what was issued', async () => {
    place();
    expect((await apply('--once')).output).toContain('removed ClusterIssuer.v1.cert-manager.io acme');
    const left = await ask('get', 'deployments,secrets,serviceaccounts', '-n', 'cert-manager', MANAGED, '-o=name');
    expect(left).toBe('');
    for (const name of kinds) await ask('get', 'crd', name, '-o=name');
  });
});

/** The minors beside the default get the same objects. */
const EXPECTED = [
  'APIService/v1beta1.metrics.k8s.io',
  'DaemonSet/flannel',
  'DaemonSet/kube-proxy',
  'DaemonSet/traefik',
  'Deployment/coredns',
  'Deployment/default-http-backend',
  'Deployment/local-path',
  'Deployment/metrics-server',
  'Ingress/default-http-backend',
  'IngressClass/traefik',
  'PodDisruptionBudget/coredns',
  'Service/kube-dns',
  'StorageClass/local-path',
];

const DEDICATED = { key: 'dedicated', value: 'db', effect: 'NoExecute' } as const;

function asController(name: string): void {
  writeFileSync(api.path('/etc/ironkeel/node-name'), `${name}\n`);
}

function writeUsers(name: string, text: string): void {
  mkdirSync(api.path('/etc/kubernetes/addons.d'), { recursive: true });
  writeFileSync(join(api.path('/etc/kubernetes/addons.d'), name), text);
}

async function untilReady(): Promise<void> {
  let last = '';
  for (let tries = 0; tries < 60; tries++) {
    last = (await kubectl('get', '--raw=/readyz')).output;
    if (last === 'ok') return;
    await sleep(1000);
  }
  throw new Error(`the API server did not become ready: ${last}`);
}

/** As the person who has the operator's kubeconfig, whose rights come from a binding. */
function asAdmin(...args: string[]): Promise<RunResult> {
  const file = operatorFiles(plan, secrets, { plainCaKeys: false }).find(({ path }) => path === 'kubeconfig');
  writeFileSync(join(folder, 'kubeconfig'), file?.content ?? '', { mode: 0o600 });
  return api.inside(kubectlProgram, [
    `--kubeconfig=${join(folder, 'kubeconfig')}`,
    '--server=https://127.0.0.1:6443',
    ...args,
  ]);
}

async function labelsOf(node: string): Promise<Record<string, string>> {
  return JSON.parse(await ask('get', 'node', node, '-o=jsonpath={.metadata.labels}')) as Record<string, string>;
}

async function taintsOf(node: string): Promise<string> {
  const each = '{range .spec.taints[*]}{.key}{"="}{.value}{":"}{.effect}{"\\n"}{end}';
  return (await ask('get', 'node', node, `-o=jsonpath=${each}`)).replaceAll('=:', ':');
}
