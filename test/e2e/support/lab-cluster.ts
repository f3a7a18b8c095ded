import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clientPrograms } from './programs.js';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it is built. */
export const IRONKEEL = resolve('bin/ironkeel.js');

/**
 * A cluster of the lab as its owner has it: a folder with the inventory and what `ironkeel build` made of it, a home
 * with an SSH key and a kubeconfig. Whatever talks to a machine does so from the lab's client.
 */
export class LabCluster {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'ironkeel-lab-')));
  readonly folder = join(this.home, 'cluster');
  readonly #bundle: string;

  /** @param bundle folder of the programs and images that the machines fetch. */
  constructor(bundle: string) {
    this.#bundle = bundle;
    mkdirSync(this.folder, { mode: 0o700 });
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 });
    must(this.run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(this.home, '.ssh/id_ed25519')));
  }

  /** With the guide's unchanged inventory. */
  static ofGuide(bundle: string): LabCluster {
    const cluster = new LabCluster(bundle);
    cluster.ironkeel('init', '--example', 'guide', '--ssh-key', cluster.sshKey);
    return cluster;
  }

  get sshKey(): string {
    return join(this.home, '.ssh/id_ed25519.pub');
  }

  /** The version of Kubernetes that was built last. */
  get kubernetes(): string {
    return JSON.parse(readFileSync(join(this.folder, 'ironkeel.lock'), 'utf8')).kubernetes;
  }

  /** Changes the inventory that is in the folder. */
  edit(change: (text: string) => string): void {
    this.inventory(change(readFileSync(join(this.folder, 'cluster.yaml'), 'utf8')));
  }

  /** Puts an inventory into the folder. */
  inventory(text: string): void {
    writeFileSync(join(this.folder, 'cluster.yaml'), text);
  }

  /** Pins the bundle, builds, and powers the machines on. */
  buildAndPowerOn(...upOptions: readonly string[]): void {
    this.ironkeel('bundle', '--use', this.#bundle);
    this.ironkeel('build');
    this.ironkeel('lab', 'up', '--install', '--bundle', this.#bundle, ...upOptions);
    this.ironkeel('kubeconfig', '--merge');
  }

  /** Runs `ironkeel` in the folder; it has to succeed. */
  ironkeel(...args: readonly string[]): string {
    return must(this.tryIronkeel(...args));
  }

  tryIronkeel(...args: readonly string[]): Outcome {
    return this.run(process.execPath, IRONKEEL, '-C', this.folder, ...args);
  }

  /** Runs a program of this host where the lab's client is: on the public segment. */
  fromClient(...command: readonly string[]): Outcome {
    return this.tryIronkeel('lab', 'exec', 'client', '--', ...command);
  }

  /** As {@link fromClient}, from a host beside the machines. */
  fromLan(...command: readonly string[]): Outcome {
    return this.tryIronkeel('lab', 'exec', 'lan', '--', ...command);
  }

  onMachine(machine: string, ...command: readonly string[]): Outcome {
    return this.tryIronkeel('lab', 'exec', machine, '--', ...command);
  }

  /** `kubectl`, with the kubeconfig that was merged into the owner's home. */
  kubectl(...args: readonly string[]): string {
    return must(this.tryKubectl(...args));
  }

  tryKubectl(...args: readonly string[]): Outcome {
    return this.fromLan(clientPrograms().kubectl, '--request-timeout=20s', ...args);
  }

  /** Applies objects, given as values. */
  apply(...objects: readonly object[]): void {
    const file = join(this.home, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    this.kubectl('apply', '-f', file);
  }

  json<T>(...args: readonly string[]): T {
    return JSON.parse(this.kubectl(...args, '-o', 'json')) as T;
  }

  /** Waits until everything is Ready, as a user would. */
  waitReady(timeout = '10m'): string {
    return must(this.besideMachines('wait', '--timeout', timeout));
  }

  status(): Outcome {
    return this.besideMachines('status', '--output', 'json');
  }

  /** Runs `ironkeel` on a host beside the machines. OpenSSH looks for keys in the account's home, whatever HOME says. */
  besideMachines(command: string, ...args: readonly string[]): Outcome {
    const identity = this.sshKey.replace(/\.pub$/, '');
    return this.fromLan(process.execPath, IRONKEEL, '-C', this.folder, command, '--identity', identity, ...args);
  }

  /** The owner's: a home of their own, the caches of whoever runs the tests. */
  environment(): Record<string, string> {
    const path = process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin';
    return { PATH: path, LC_ALL: 'C.UTF-8', NO_COLOR: '1', HOME: this.home, XDG_CACHE_HOME: cache() };
  }

  run(program: string, ...args: readonly string[]): Outcome {
    const options = {
      cwd: this.folder,
      env: this.environment(),
      encoding: 'utf8',
      timeout: 700_000,
      maxBuffer: 64 << 20,
    } as const;
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (error) throw error;
    return { status, stdout, stderr };
  }

  /** Takes the lab down and the folder away; both also after a failure. */
  leave(): void {
    const down = existsSync(join(this.folder, 'cluster.yaml')) ? this.tryIronkeel('lab', 'down') : undefined;
    rmSync(this.home, { recursive: true, force: true });
    if (down !== undefined) must(down);
  }
}

/** Images and built programs are shared by all clusters, and kept between runs. */
function cache(): string {
  return process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '/root', '.cache');
}

/** The standard output of what succeeded. */
export function must({ status, stdout, stderr }: Outcome): string {
  if (status === 0) return stdout;
  throw new Error(`ended with ${status}:\n${stdout.slice(-6000)}${stderr.slice(-6000)}`);
}
