import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ETCD_WELL, WELL } from '../../../src/diagnose/testing/world.js';
import { type RunResult, run } from '../support/run.js';

const BIN = resolve(process.env.IRONKEEL_BIN ?? 'bin/ironkeel.js');
const API = resolve('test/conformance/status/canned-api.mjs');
const MACHINES = ['controller', 'worker1', 'worker2', 'example.com'];

export interface RunOptions {
  /** UID of kube-system that the API answers. */
  readonly uid?: string;
  /** Lines of machines that are not well. */
  readonly broken?: Readonly<Record<string, string>>;
  /** With a terminal for standard output. */
  readonly terminal?: boolean;
  /** Seconds until Ctrl-C. */
  readonly interruptAfter?: number;
}

/**
 * The guide's cluster as `ironkeel build` makes it, and recorded answers in place of its machines and its API: an
 * `ssh` that prints them, an HTTPS server with the controller's own certificate. Commands run in a network namespace
 * of their own, where the controller's address is on the loopback interface.
 */
export class CannedCluster {
  readonly uid = '0d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';
  readonly #root = mkdtempSync(join(tmpdir(), 'ironkeel-status-'));
  readonly #folder = join(this.#root, 'cluster');

  static async make(): Promise<CannedCluster> {
    const cluster = new CannedCluster();
    for (const name of ['cluster', 'bin', 'home', 'answers']) mkdirSync(join(cluster.#root, name));
    const env = { PATH: process.env.PATH ?? '', HOME: join(cluster.#root, 'home') };
    for (const words of [['init', '--example', 'guide'], ['build']]) {
      execFileSync(process.execPath, [BIN, ...words], { cwd: cluster.#folder, env });
    }
    const ssh = join(cluster.#root, 'bin/ssh');
    writeFileSync(ssh, FAKE_SSH);
    chmodSync(ssh, 0o755);
    return cluster;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  lock(): { readonly machines: Readonly<Record<string, { readonly digest: string }>> } {
    return JSON.parse(readFileSync(join(this.#folder, 'ironkeel.lock'), 'utf8'));
  }

  /** One command line of ironkeel. */
  run(
    words: string,
    { uid = this.uid, broken = {}, terminal = false, interruptAfter }: RunOptions = {},
  ): Promise<RunResult> {
    this.#answer(broken);
    const stop = interruptAfter === undefined ? '' : `timeout --foreground --preserve-status -s INT ${interruptAfter} `;
    const command = `${stop}${process.execPath} ${BIN} ${words}`;
    const shown = terminal
      ? `script --quiet --return --command 'stty cols 100 rows 40; exec ${command}' /dev/null`
      : command;
    const script = [
      'set -e; ip link set lo up; ip address add 10.10.10.1/32 dev lo',
      `coproc API { exec ${process.execPath} ${API} ${this.#folder} ${uid}; }`,
      'read -r _ <&$API; trap "kill $API_PID" EXIT',
      shown,
    ];
    const path = `${join(this.#root, 'bin')}:${process.env.PATH}`;
    const env = { PATH: path, HOME: join(this.#root, 'home'), ANSWERS: join(this.#root, 'answers'), TERM: 'xterm' };
    return run('unshare', ['--net', `--wd=${this.#folder}`, 'bash', '-c', script.join('\n')], env);
  }

  #answer(broken: Readonly<Record<string, string>>): void {
    const { machines } = this.lock();
    for (const name of MACHINES) {
      const lines = name === 'controller' ? [...ETCD_WELL, 'apply-status done: everything is applied'] : [];
      const well = WELL.slice(0, -1).map((line) =>
        line
          .replace(/^time .*/, 'time NOW')
          .replace('adopt applied 3', 'adopt applied 1')
          .replace(/^adopt configuration .*/, `adopt configuration ${machines[name]?.digest}`),
      );
      const kept = well.filter((line) => broken[name] === undefined || !line.startsWith('install-status '));
      const text = [...kept, ...lines, broken[name] ?? '', 'end 1', ''].join('\n');
      writeFileSync(join(this.#root, 'answers', name), text);
    }
  }
}

const FAKE_SSH = `#!/bin/bash
[[ $* =~ HostKeyAlias=([^ ]+) ]] && cat >/dev/null
sed "s/^time NOW/time $(date +%s)/" "$ANSWERS/\${BASH_REMATCH[1]}"
`;
