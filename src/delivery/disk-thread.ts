import { Worker } from 'node:worker_threads';
import { WorkError } from '../support/problem.js';
import type { DiskJob, DiskResult } from './disk-jobs.js';

/** Two flags that both threads see: the one asked to stop, and whether it is in the middle of a file. */
export const STOP = 0;
export const BUSY = 1;

/** How long the end of the process waits for the file being written. */
const LAST_FILE_MS = 5000;

/** What the thread answers: results in the order of the jobs, or why there are none. */
export type DiskAnswer =
  | { readonly results: readonly DiskResult[] }
  | { readonly refused: { readonly message: string; readonly remedy: string } }
  | { readonly error: unknown };

/** A thread that does disk jobs, one list at a time. It does not keep the process alive while it has none. */
export class DiskThread {
  readonly #flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker = new Worker(new URL('./disk-worker.js', import.meta.url), { workerData: this.#flags });

  constructor() {
    this.#worker.unref();
    process.once('exit', () => this.#finishFile());
  }

  perform(jobs: readonly DiskJob[]): Promise<readonly DiskResult[]> {
    this.#worker.ref();
    return new Promise<readonly DiskResult[]>((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('message', (answer: DiskAnswer) => {
        this.#worker.off('error', reject);
        if ('results' in answer) resolve(answer.results);
        else if ('refused' in answer) reject(new WorkError(answer.refused.message, answer.refused.remedy));
        else reject(answer.error);
      });
      this.#worker.postMessage(jobs);
    }).finally(() => this.#worker.unref());
  }

  /** The process ends, on a signal perhaps: the file being written is finished, no further one begun. */
  #finishFile(): void {
    Atomics.store(this.#flags, STOP, 1);
    Atomics.wait(this.#flags, BUSY, 1, LAST_FILE_MS);
  }
}
