import { spawnSync } from 'node:child_process';
import { WorkError } from '../support/problem.js';

/** What a finished program said. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** Runs a program to its end; one that is missing counts as failed. */
export function tryRun([program = '', ...args]: readonly string[]): Finished {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: LARGEST_OUTPUT,
  });
  return { status: status ?? 127, stdout: stdout ?? '', stderr: stderr || (error?.message ?? '') };
}

/**
 * Runs a program that has to succeed, and gives what it printed.
 * @throws WorkError with what the program said.
 */
export function mustRun(command: readonly string[], remedy = 'Run `ironkeel lab down`, then try again'): string {
  const { status, stdout, stderr } = tryRun(command);
  if (status === 0) return stdout;
  throw new WorkError(`\`${command.join(' ')}\` failed: ${lastLine(stderr) || `exit code ${status}`}`, remedy);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Waits until something is so, at most for `limit` seconds; whether it came to be. */
export async function waitUntil(limit: number, holds: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < limit * 20; attempt++) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return holds();
}
