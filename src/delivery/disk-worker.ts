import { parentPort, workerData } from 'node:worker_threads';
import { WorkError } from '../support/problem.js';
import { type DiskJob, type DiskResult, doDiskJob } from './disk-jobs.js';
import { BUSY, type DiskAnswer, STOP } from './disk-thread.js';

// The other side of DiskThread: what runs in the thread.
const flags = workerData as Int32Array;

// Once a job failed no later one is done: something was to be there before them.
let failure: DiskAnswer | undefined;

parentPort?.on('message', (jobs: readonly DiskJob[]) => {
  const answer = failure ?? perform(jobs);
  if (answer !== undefined) parentPort?.postMessage(answer);
});

/** Undefined when the process ends: nobody waits for an answer any more. */
function perform(jobs: readonly DiskJob[]): DiskAnswer | undefined {
  const results: DiskResult[] = [];
  try {
    for (const job of jobs) {
      // In this order: whoever sets STOP and then finds BUSY unset knows that no file is begun any more.
      Atomics.store(flags, BUSY, 1);
      if (Atomics.load(flags, STOP) === 1) return undefined;
      results.push(doDiskJob(job));
      rest();
    }
    return { results };
  } catch (error) {
    const refused = error instanceof WorkError ? { message: error.message, remedy: error.remedy } : undefined;
    failure = refused === undefined ? { error } : { refused };
    return failure;
  } finally {
    rest();
  }
}

function rest(): void {
  Atomics.store(flags, BUSY, 0);
  Atomics.notify(flags, BUSY);
}
