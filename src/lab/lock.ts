import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WorkError } from '../support/problem.js';
import { livingProcess, ownRecord } from './process-record.js';

/**
 * Runs work that changes a lab while no other process does.
 * @throws WorkError when one does. A process that was killed holds nothing.
 */
export async function withLock<RESULT>(folder: string, work: () => Promise<RESULT>): Promise<RESULT> {
  const file = `${folder}.lock`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  take(file);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, ownRecord(), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = livingProcess(file);
    if (holder !== undefined) {
      throw new WorkError(`another command (process ${holder.pid}) is working on this lab`, 'Wait until it is done');
    }
    if (readFileSync(file, 'utf8') !== ownRecord()) rmSync(file, { force: true });
  }
  throw new WorkError(`${file} cannot be taken`, 'Run the command again');
}
