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

interface Waiting {
  readonly resolve: (results: readonly DiskResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread that does disk jobs in the order they are given; after a failure it does no more. It keeps the process
 * alive only while it has some.
 */
export class DiskThread {
  readonly #flags = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker = new Worker(new URL('./disk-worker.js', import.meta.url), { workerData: this.#flags });
  /** Who waits for an answer, in the order of the questions. */
  readonly #waiting: Waiting[] = [];

  constructor() {
    this.#worker.on('message', (answer: DiskAnswer) => this.#answer(answer));
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    this.#worker.unref();
    process.once('exit', () => this.#finishFile());
  }

  /** Hands the jobs over at once, whatever is still being done: the thread need not wait for this one to be free. */
  perform(jobs: readonly DiskJob[]): Promise<readonly DiskResult[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(jobs);
    });
  }

  #answer(answer: DiskAnswer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    if ('results' in answer) waiting?.resolve(answer.results);
    else if ('refused' in answer) waiting?.reject(new WorkError(answer.refused.message, answer.refused.remedy));
    else waiting?.reject(answer.error);
  }

  /** The process ends, on a signal perhaps: the file being written is finished, no further one begun. */
  #finishFile(): void {
    Atomics.store(this.#flags, STOP, 1);
    Atomics.wait(this.#flags, BUSY, 1, LAST_FILE_MS);
  }
}
