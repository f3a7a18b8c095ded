import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonFiles, addons, type KubernetesObject } from '../../../src/addons/index.js';
import { NODE_PKI } from '../../../src/pki/index.js';
import type { ClusterPlan } from '../../../src/plan/index.js';
import { componentImages } from '../../../src/releases/images.js';
import { type Edge, POD } from './edge.js';
import { LocalApi } from './local-api.js';

const USER = 1000;
/** By the name of its Deployment: the program, and what it needs to share a network with the others. */
const PARTS = {
  'cert-manager-webhook': { program: 'webhook', besides: 'metricsListenAddress: "0"\n' },
  'cert-manager-cainjector': { program: 'cainjector', besides: 'metricsListenAddress: "0"\n' },
  'cert-manager': { program: 'controller', besides: '' },
} as const;

interface SolverPod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
}

/**
 * cert-manager beside an edge: its programs with the configuration and the rights of the addon, each in a root of its
 * own as an unprivileged user. There is no kubelet, so the programs of challenges are started here.
 */
export class CertManager {
  readonly #images = componentImages('1.36.4', '3.6.14');
  #solver: { readonly pod: string; readonly process: ChildProcess } | undefined;
  #watching = true;

  constructor(
    private readonly edge: Edge,
    private readonly plan: ClusterPlan,
    private readonly folder: string,
  ) {}

  /** Applies what controllers apply, then starts every part. `hosts` is what names mean to the controller. */
  async start(hosts: string): Promise<void> {
    const file = addonFiles(this.plan, this.#images).find(({ path }) => path.endsWith('-cert-manager.yaml'));
    writeFileSync(join(this.folder, 'cert-manager.yaml'), file?.content ?? '');
    const apply = ['apply', '--server-side', '--force-conflicts', '-f', join(this.folder, 'cert-manager.yaml')];
    // The kinds are known a moment after their definitions.
    await this.edge.until('the kinds', async () => {
      const done = await this.edge.kubectl(...apply).catch(() => undefined);
      return done !== undefined;
    });
    // What the controller manager would make of the namespace.
    await this.edge.give({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
    });
    await this.edge.give(webhookEndpoints());
    for (const name of Object.keys(PARTS) as (keyof typeof PARTS)[]) await this.#startPart(name, hosts);
    void this.#runSolvers();
  }

  log(name: keyof typeof PARTS): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8');
  }

  stop(): void {
    this.#watching = false;
    this.#solver?.process.kill('SIGKILL');
  }

  async #startPart(name: keyof typeof PARTS, hosts: string): Promise<void> {
    const { program, besides } = PARTS[name];
    const root = join(this.folder, 'parts', name);
    const secrets = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    for (const path of [secrets, join(root, 'etc/cert-manager'), join(root, 'tmp')])
      mkdirSync(path, { recursive: true });
    const token = await this.edge.kubectl('create', 'token', name, '--namespace=cert-manager', '--duration=2h');
    writeFileSync(join(secrets, 'token'), token.trim());
    copyFileSync(this.edge.api.path(NODE_PKI.ca), join(secrets, 'ca.crt'));
    writeFileSync(join(root, 'etc/cert-manager/config.yaml'), `${this.#configuration(name)}${besides}`);
    writeFileSync(join(root, 'etc/hosts'), hosts);
    copyFileSync(LocalApi.program('cert-manager', program), join(root, program));
    const command = [`--userspec=${USER}:${USER}`, root, `/${program}`, '--config=/etc/cert-manager/config.yaml'];
    const env = {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: '6443',
      POD_NAMESPACE: 'cert-manager',
    };
    await this.edge.api.spawn('chroot', command, name, env);
  }

  #configuration(name: string): string {
    const objects = addons
      .find((addon) => addon.name === 'cert-manager')
      ?.objects({ plan: this.plan, images: this.#images });
    const found = objects?.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    return (found as (KubernetesObject & { data: Record<string, string> }) | undefined)?.data['config.yaml'] ?? '';
  }

  /** What a kubelet and the controller manager would do for the pods of challenges. */
  async #runSolvers(): Promise<void> {
    const solvers = ['-A', '-l', 'acme.cert-manager.io/http01-solver=true', '-o=json'];
    while (this.#watching) {
      const found = await this.edge.kubectl('get', 'pods,services', ...solvers).catch(() => '{"items":[]}');
      const items = (JSON.parse(found) as { items: (SolverPod & { kind: string })[] }).items;
      const [pod] = items.filter(({ kind }) => kind === 'Pod');
      const service = items.find(({ kind, metadata }) => {
        return kind === 'Service' && metadata.labels['acme.cert-manager.io/http-token'] === tokenOf(pod);
      });
      if (pod !== undefined && service !== undefined) await this.#solve(pod, service);
      await new Promise((done) => setTimeout(done, 500));
    }
  }

  async #solve(pod: SolverPod, service: SolverPod): Promise<void> {
    if (this.#solver?.pod === pod.metadata.name) return;
    this.#solver?.process.kill('SIGKILL');
    const args = pod.spec.containers[0]?.args ?? [];
    const command = await this.edge.api.command(LocalApi.program('cert-manager', 'acmesolver'), args);
    const process = spawn(command.program, command.args, { stdio: 'ignore' });
    this.#solver = { pod: pod.metadata.name, process };
    await this.edge.give(slice(service.metadata.name, service.metadata.namespace, 'http', 8089)).catch(() => undefined);
  }
}

function tokenOf(pod: SolverPod | undefined): string | undefined {
  return pod?.metadata.labels['acme.cert-manager.io/http-token'];
}

function webhookEndpoints(): object {
  return slice('cert-manager-webhook', 'cert-manager', 'https', 10250);
}

function slice(service: string, namespace: string, name: string, port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name, port, protocol: 'TCP' }],
    endpoints: [{ addresses: [POD], conditions: { ready: true } }],
  };
}
