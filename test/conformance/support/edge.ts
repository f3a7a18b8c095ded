import { chownSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addonFiles, addons, ingressFiles, type KubernetesObject } from '../../../src/addons/index.js';
import { COMPONENT_USERS } from '../../../src/manifests/users.js';
import { machinePkiFiles, NODE_PKI } from '../../../src/pki/index.js';
import type { ClusterPlan, HostFile } from '../../../src/plan/index.js';
import { planMachine } from '../../../src/plan/index.js';
import { componentImages } from '../../../src/releases/images.js';
import type { Secrets } from '../../../src/secrets/types.js';
import { LocalApi } from './local-api.js';

/** Addresses that pods of the test have; a loopback address no EndpointSlice may hold. */
export const POD = '10.2.0.9';
/** Where a client asks from. */
export const CLIENT = '198.51.100.7';
/** A balancer in front of the edge. */
export const PROXY = '203.0.113.5';
const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The edge of a cluster as far as an ingress sees it: a real API server, the edge's files, and Traefik as its
 * DaemonSet starts it: as its user, in a root of its own, without a privilege.
 */
export class Edge {
  readonly api: LocalApi;
  readonly #images = componentImages('1.36.4', '3.6.14');

  constructor(
    readonly folder: string,
    private readonly plan: ClusterPlan,
    secrets: Secrets,
  ) {
    this.api = new LocalApi(folder, plan);
    const [controller] = plan.controllers;
    if (controller === undefined) throw new Error('the fixture changed');
    this.api.place(machinePkiFiles(plan, controller, secrets));
    this.place(secrets);
  }

  /** The edge's files, each renamed into its place as `ironkeel-adopt` does. */
  place(secrets: Secrets): void {
    const edge = this.plan.nodes.find(({ machine }) => machine.role === 'edge');
    if (edge === undefined) throw new Error('the fixture changed');
    const files = ingressFiles(this.plan, edge, machinePkiFiles(this.plan, edge, secrets));
    for (const file of files) this.#put(file);
  }

  #put({ path, content, mode, uid, gid }: HostFile): void {
    const target = this.api.path(path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.new`, content, { mode });
    chownSync(`${target}.new`, uid, gid);
    renameSync(`${target}.new`, target);
  }

  /** Starts the API server, gives it the manifests, starts Traefik. */
  async start(): Promise<void> {
    await this.api.start();
    await this.untilReady();
    this.api.place(addonFiles(this.plan, this.#images));
    const folder = this.api.path('/etc/kubernetes/addons');
    for (const name of ['17-default-http-backend', '18-traefik'])
      await this.kubectl('apply', '-f', `${folder}/${name}.yaml`);
    for (const address of [POD, CLIENT, PROXY])
      await this.api.inside('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
    await this.#sysctl();
    await this.#startTraefik();
    await this.#startDefaultBackend();
  }

  /** As on an edge: what its machine's configuration sets, where it is about this network. */
  async #sysctl(): Promise<void> {
    const node = this.plan.nodes.find(({ machine }) => machine.role === 'edge');
    if (node === undefined) throw new Error('the fixture changed');
    const none = { content: new Uint8Array(), path: '/x', mode: 0o644, uid: 0, gid: 0 };
    const { sysctls } = planMachine(this.plan, node, {
      clusterId: '',
      user: { name: '', groups: [] },
      units: [],
      pkiFiles: [],
      systemFiles: [],
      directories: [],
      adoptProgram: none,
      installProgram: none,
    });
    const name = 'net.ipv4.ip_unprivileged_port_start';
    await this.api.inside('sysctl', ['-q', '-w', `${name}=${sysctls[name]}`]);
  }

  async #startTraefik(): Promise<void> {
    const token = await this.kubectl('create', 'token', 'traefik', '--namespace=kube-system', '--duration=2h');
    const root = this.api.path('/');
    const secrets = join(root, TOKEN_FOLDER);
    mkdirSync(secrets, { recursive: true });
    writeFileSync(join(secrets, 'token'), token.trim());
    writeFileSync(join(secrets, 'namespace'), 'kube-system');
    copyFileSync(this.api.path(NODE_PKI.ca), join(secrets, 'ca.crt'));
    copyFileSync(LocalApi.program('traefik', 'traefik'), join(root, 'traefik'));
    const [{ args = [] } = {}] = containersOf(this.#object('traefik', 'DaemonSet'));
    const user = `--userspec=${COMPONENT_USERS.ingress}:${COMPONENT_USERS.ingress}`;
    await this.api.spawn('chroot', [user, root, '/traefik', ...args], 'traefik', {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: '6443',
    });
    await this.until('Traefik', async () => (await this.curl('http://127.0.0.1:7445/ping')).status === 200);
  }

  /** The default backend's program with its own configuration, as an endpoint of its Service. */
  async #startDefaultBackend(): Promise<void> {
    const { data } = this.#object('default-http-backend', 'ConfigMap') as unknown as { data: Record<string, string> };
    const folder = join(this.folder, 'default-backend');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(data))
      writeFileSync(join(folder, name), text.replaceAll('/etc/default-http-backend', folder));
    await this.api.spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], 'haproxy');
    await this.give(endpoints('default-http-backend', 'kube-system', 8080));
    // Wherever the edge sends everybody.
    const healthy = async () => (await this.curl('http://127.0.0.1/healthz', '-kL')).status === 200;
    await this.until('the default backend', healthy);
  }

  #object(addon: string, kind: string): KubernetesObject {
    const objects = addons.find(({ name }) => name === addon)?.objects({ plan: this.plan, images: this.#images });
    const found = objects?.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`the addon ${addon} has no ${kind}`);
    return found;
  }

  /** A pod that answers with what it saw of a request, and a Service of its name. */
  async echo(name: string, port: number): Promise<void> {
    await this.api.spawn(LocalApi.program('echo', 'echo'), [], name, { PORT: String(port) });
    await this.give(serviceOf(name), endpoints(name, 'default', port));
  }

  async kubectl(...args: string[]): Promise<string> {
    const config = `--kubeconfig=${this.api.path('/etc/kubernetes/kubeconfig/bootstrap.yaml')}`;
    const { code, output } = await this.api.inside(LocalApi.program('kubernetes', 'kubectl'), [config, ...args]);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${output}`);
    return output;
  }

  async give(...items: readonly object[]): Promise<void> {
    const file = join(this.folder, 'given.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await this.kubectl('apply', '-f', file);
  }

  /** Asks from the client's address; the body as text. */
  async curl(url: string, ...options: string[]): Promise<{ readonly status: number; readonly body: string }> {
    const ask = ['-s', '--max-time', '10', '--interface', CLIENT, '-w', '\n%{http_code}', ...options, url];
    const { output } = await this.api.inside('curl', url.includes('127.0.0.1') ? without('--interface', ask) : ask);
    const end = output.lastIndexOf('\n');
    return { status: Number(output.slice(end + 1)), body: output.slice(0, end) };
  }

  async until(what: string, found: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      if (await found()) return;
      await sleep(500);
    }
    const log = readFileSync(join(this.folder, 'traefik.log'), 'utf8');
    throw new Error(`${what} did not come; Traefik says:\n${log.slice(-4000)}`);
  }

  async untilReady(): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      const ready = await this.kubectl('get', '--raw=/readyz').catch(() => '');
      if (ready === 'ok') return;
      await sleep(1000);
    }
    throw new Error('the API server did not become ready');
  }

  stop(): void {
    this.api.stop();
  }
}

function containersOf(object: KubernetesObject): readonly { readonly args?: readonly string[] }[] {
  const { template } = object['spec'] as { template: { spec: { containers: { args?: string[] }[] } } };
  return template.spec.containers;
}

function without(option: string, args: readonly string[]): string[] {
  const at = args.indexOf(option);
  return [...args.slice(0, at), ...args.slice(at + 2)];
}

/** A Service that selects nothing: the test has its endpoints. */
export function serviceOf(name: string): object {
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { ports } };
}

/** An Ingress that gives a whole host to the Service of its name. */
export function ingressOf(name: string, host: string): object {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
    spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  };
}

/** What the controller manager would make of pods. */
export function endpoints(name: string, namespace: string, port: number): object {
  const labels = { 'kubernetes.io/service-name': name };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels },
    addressType: 'IPv4',
    ports: [{ name: 'http', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [POD], conditions: { ready: true } }],
  };
}
