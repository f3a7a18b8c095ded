import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { LabCluster } from './lab-cluster.js';

/** A program of this host in the lab, on `client` or `lan`, while the test goes on. */
export class Background {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #said = '';

  constructor(cluster: LabCluster, place: 'client' | 'lan', command: readonly string[], path?: string) {
    const args = [resolve('bin/ironkeel.js'), '-C', cluster.folder, 'lab', 'exec', place, '--', ...command];
    const env = cluster.environment();
    this.#child = spawn(process.execPath, args, {
      env: path === undefined ? env : { ...env, PATH: `${path}:${env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    }
    this.ended = new Promise((done) => this.#child.once('close', done));
  }

  /** Standard output and error so far. */
  get said(): string {
    return this.#said;
  }

  /** As a terminal's Ctrl-C: a signal for everything that was started. */
  interrupt(): void {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null) process.kill(-pid, 'SIGINT');
  }
}
