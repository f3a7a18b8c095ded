import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { asset } from './places.js';

/**
 * Starts a program that outlives this one. The program records itself before it begins, so that there is never one
 * that nobody knows of; `log` gets all it says.
 */
export function startService(record: string, log: string, command: readonly string[]): void {
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn('bash', [asset('service.sh'), record, ...command], {
      cwd: dirname(record),
      detached: true,
      stdio: ['ignore', output, output],
    });
    // What cannot be started is missed by whoever waits for it.
    child.on('error', () => {});
    child.unref();
  } finally {
    closeSync(output);
  }
}
