import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTROLLER_CERTIFICATES, CONTROLLER_PKI, NODE_PKI } from '../../../src/pki/paths.js';
import type { ClusterPlan, HostFile } from '../../../src/plan/index.js';
import { KUBERNETES } from '../../support/kubernetes.js';
import { type RunResult, run } from './run.js';

/**
 * A real etcd and a real API server with the certificates of a controller, in a network of their own where nothing
 * but loopback exists: there the API server has the port it has on a machine.
 */
export class LocalApi {
  readonly #processes: ChildProcess[] = [];
  readonly #network: ChildProcess;

  constructor(
    readonly folder: string,
    private readonly plan: ClusterPlan,
  ) {
    const hold = ['--net', 'bash', '-c', 'ip link set lo up && echo up && exec sleep infinity'];
    this.#network = spawn('unshare', hold, {
      stdio: ['ignore', openSync(join(folder, 'network.log'), 'a'), 'inherit'],
    });
    this.#processes.push(this.#network);
  }

  /** The program's path, built from its own sources. */
  static program(module: string, name: string): string {
    return execFileSync('bash', ['lab/components/build.sh', module, name], { encoding: 'utf8' }).trim();
  }

  /** Places a machine's files below the folder's root. */
  place(files: readonly HostFile[]): void {
    for (const { path, mode, content } of files) {
      mkdirSync(dirname(this.path(path)), { recursive: true });
      writeFileSync(this.path(path), content, { mode });
    }
  }

  /** Where a path of the machine lies. */
  path(path: string): string {
    return join(this.folder, 'root', path);
  }

  /** Runs a program in the network of the API server. */
  async inside(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
    const command = await this.command(program, args);
    return run(command.program, command.args, env);
  }

  /** What runs a program in the network of the API server. */
  async command(program: string, args: readonly string[]): Promise<{ program: string; args: string[] }> {
    return { program: 'nsenter', args: [...(await this.#enter()), program, ...args] };
  }

  async start(): Promise<void> {
    const etcd = ['--data-dir', join(this.folder, 'etcd'), '--unsafe-no-fsync', '--log-level=error'];
    await this.spawn(LocalApi.program('etcd', 'server'), etcd, 'etcd');
    await this.spawn(LocalApi.program(KUBERNETES.module, 'kube-apiserver'), this.#apiServerFlags(), 'kube-apiserver');
  }

  stop(): void {
    for (const child of this.#processes.reverse()) child.kill('SIGKILL');
  }

  #apiServerFlags(): string[] {
    const pki = (path: string) => this.path(path);
    const pair = (base: string) => [pki(`${base}.pem`), pki(`${base}-key.pem`)];
    const [serving, servingKey] = pair(CONTROLLER_CERTIFICATES.apiserver);
    const [front, frontKey] = pair(CONTROLLER_CERTIFICATES['front-proxy-client']);
    return [
      '--etcd-servers=http://127.0.0.1:2379',
      '--bind-address=127.0.0.1',
      '--advertise-address=10.10.10.1',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--enable-aggregator-routing=true',
      `--service-cluster-ip-range=${this.plan.cluster.serviceRange}`,
      `--client-ca-file=${pki(NODE_PKI.ca)}`,
      `--tls-cert-file=${serving}`,
      `--tls-private-key-file=${servingKey}`,
      `--proxy-client-cert-file=${front}`,
      `--proxy-client-key-file=${frontKey}`,
      `--requestheader-client-ca-file=${pki(CONTROLLER_PKI.frontProxyCa)}`,
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki(CONTROLLER_PKI.serviceAccountPublicKeys)}`,
      `--service-account-signing-key-file=${pki(CONTROLLER_PKI.serviceAccountKey)}`,
    ];
  }

  /** Starts a program in the network of the API server; what it says goes to a file of that name. */
  async spawn(program: string, args: readonly string[], name: string, env: Record<string, string> = {}): Promise<void> {
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    const enter = await this.#enter();
    const options = { stdio: ['ignore', log, log] as const, env: { ...process.env, ...env } };
    this.#processes.push(spawn('nsenter', [...enter, program, ...args], { ...options, stdio: [...options.stdio] }));
  }

  async #enter(): Promise<string[]> {
    for (let tries = 0; tries < 100; tries++) {
      if (readFileSync(join(this.folder, 'network.log'), 'utf8') === 'up\n')
        return [`--net=/proc/${this.#network.pid}/ns/net`];
      await sleep(50);
    }
    throw new Error('no network of its own: this test needs root and iproute2');
  }
}
