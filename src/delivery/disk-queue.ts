import { type DiskJob, type DiskResult, doDiskJob } from './disk-jobs.js';
import { DiskThread } from './disk-thread.js';

/** After as many files a signal gets its chance to be handled. */
const GROUP = 8;

/**
 * Does disk jobs in the order they are given. Once one fails all later ones fail with it, so that nothing is
 * written that should have come after. With a thread of its own the caller goes on computing meanwhile.
 */
export class DiskQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #thread: DiskThread | undefined;

  constructor(readonly ownThread: boolean) {}

  /** @throws WorkError when the disk refuses, now or for an earlier job. */
  perform(jobs: readonly DiskJob[]): Promise<readonly DiskResult[]> {
    if (this.ownThread) {
      this.#thread ??= new DiskThread();
      return this.#thread.perform(jobs);
    }
    const results = this.#tail.then(() => performHere(jobs));
    this.#tail = results;
    // Who gave the jobs hears of a failure; the tail only passes it on.
    this.#tail.catch(() => {});
    return results;
  }
}

async function performHere(jobs: readonly DiskJob[]): Promise<DiskResult[]> {
  const results: DiskResult[] = [];
  for (const job of jobs) {
    results.push(doDiskJob(job));
    if (results.length % GROUP === 0) await new Promise((done) => setImmediate(done));
  }
  return results;
}
