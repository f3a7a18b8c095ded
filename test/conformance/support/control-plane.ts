import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { HostDirectory, HostFile } from '../../../src/plan/index.js';
import { KUBERNETES } from '../../support/kubernetes.js';
import { type RunResult, run } from './run.js';

/** Folders of a machine that lie below the scratch root instead; nothing else is read or written. */
const MOVED = /(\/etc\/kubernetes|\/var\/lib\/etcd|\/var\/log\/kubernetes)/g;

/** A machine's own network: its address is on a bridge, to which others may be joined. */
const BRIDGE = 'ip link add lan type bridge;';

/** The programs' places, by the first word of a pod's command. */
const PROGRAMS: Readonly<Record<string, readonly [module: string, program: string]>> = {
  etcd: ['etcd', 'server'],
  'kube-apiserver': [KUBERNETES.module, 'kube-apiserver'],
  'kube-controller-manager': [KUBERNETES.module, 'kube-controller-manager'],
  'kube-scheduler': [KUBERNETES.module, 'kube-scheduler'],
};

/**
 * The real programs of a control plane, with the command lines, files and users of a machine's static pods, in a
 * network of their own that holds loopback and the machine's address. What a pod confines besides (its root, its
 * system calls) is not here; that its user may read what it needs, and without a capability, is.
 */
export class ControlPlane {
  readonly #processes = new Map<string, ChildProcess>();
  readonly #network: ChildProcess;

  constructor(
    readonly folder: string,
    files: readonly HostFile[],
    directories: readonly HostDirectory[],
    address: string,
    /** A machine it is joined to by a cable; its address is in the same /24. */
    neighbour?: ControlPlane,
  ) {
    chmodSync(folder, 0o755);
    for (const { path, mode, uid } of directories) this.#folder(path, mode, uid);
    for (const file of files) this.#place(file);
    const log = openSync(join(folder, 'network.log'), 'a');
    const setUp = `set -e; ip link set lo up; ${neighbour === undefined ? BRIDGE : neighbour.#cable()}
      ip address add ${address}/24 dev lan; ip link set lan up; echo up; exec sleep infinity`;
    this.#network = spawn('unshare', ['--net', 'bash', '-c', setUp], { stdio: ['ignore', log, 'inherit'] });
  }

  /** The program's path, built from its own sources, or the Debian package's. */
  static program(name: string): string {
    const [module, program] = PROGRAMS[name] ?? [];
    if (module === undefined || program === undefined) return `/usr/sbin/${name}`;
    return ControlPlane.build(module, program);
  }

  static build(module: string, program: string): string {
    return execFileSync('bash', ['lab/components/build.sh', module, program], { encoding: 'utf8' }).trim();
  }

  /** Where a path of the machine lies. */
  path(path: string): string {
    return path.replace(MOVED, (folder) => this.folder + folder);
  }

  /** Starts the program of a static pod as its user, with no capability. */
  async start(manifest: string): Promise<void> {
    const { metadata, spec } = parse(readFileSync(this.path(manifest), 'utf8'));
    const [program = '', ...args]: string[] = spec.containers[0].command;
    const user = String(spec.securityContext.runAsUser);
    const confined = ['--reuid', user, '--regid', user, '--clear-groups', '--bounding-set=-all', '--no-new-privs'];
    const log = openSync(join(this.folder, `${metadata.name}.log`), 'a');
    const words = [...(await this.#enter()), 'setpriv', ...confined, ControlPlane.program(program), ...args];
    this.#processes.set(metadata.name, spawn('nsenter', words, { stdio: ['ignore', log, log], cwd: '/' }));
  }

  /** What a program has said. */
  log(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8');
  }

  /** Asks it to end; false when it has not within ten seconds. */
  async end(name: string): Promise<boolean> {
    const child = this.#processes.get(name);
    child?.kill('SIGTERM');
    for (let tries = 0; tries < 100 && child?.exitCode === null && child.signalCode === null; tries++) await sleep(100);
    return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  }

  /** Runs a program in the machine's network. */
  async inside(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<RunResult> {
    return run('nsenter', [...(await this.#enter()), program, ...args], env);
  }

  /** Asks until the answer's status is the one wanted; the status at last. */
  async answer(url: string, wanted: number, seconds = 60): Promise<number> {
    const ca = this.path('/etc/kubernetes/pki/ca.pem');
    const trust = url.includes(':1025') ? ['--insecure'] : ['--cacert', ca];
    const args = ['--silent', '--max-time', '5', '--output', '/dev/null', '--write-out', '%{http_code}', ...trust, url];
    for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
      const status = Number((await this.inside('curl', args)).output);
      if (status === wanted || Date.now() > end) return status;
    }
  }

  stop(): void {
    for (const child of [...this.#processes.values()].reverse()) child.kill('SIGKILL');
    this.#network.kill('SIGKILL');
  }

  #place({ path, mode, uid, gid, content }: HostFile): void {
    if (!path.startsWith('/etc/kubernetes')) return;
    const target = this.path(path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, this.path(Buffer.from(content).toString()), { mode });
    chownSync(target, uid, gid);
  }

  #folder(path: string, mode: number, uid: number): void {
    const target = this.path(path);
    if (target === path) return;
    mkdirSync(target, { recursive: true });
    chmodSync(target, mode);
    chownSync(target, uid, uid);
  }

  /** What another machine does to get a cable to this one, once this one has a network of its own. */
  #cable(): string {
    const there = `/proc/${this.#network.pid}/ns/net`;
    return `for i in {1..100}; do grep -q up ${join(this.folder, 'network.log')} && break; sleep 0.1; done
      grep -q up ${join(this.folder, 'network.log')}; ip link add lan type veth peer name to$$ netns ${this.#network.pid}
      nsenter --net=${there} ip link set to$$ master lan up;`;
  }

  async #enter(): Promise<string[]> {
    for (let tries = 0; tries < 100; tries++) {
      const up = readFileSync(join(this.folder, 'network.log'), 'utf8') === 'up\n';
      if (up) return [`--net=/proc/${this.#network.pid}/ns/net`];
      await sleep(50);
    }
    throw new Error('no network of its own: this test needs root and iproute2');
  }
}
