import { spawn } from 'node:child_process';
import { type SshOptions, type SshTarget, sshArguments } from './command.js';

export interface SshResult {
  /** 255 is ssh's own: it did not get in. Undefined: ended by us, or never begun. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Code of the system where ssh could not be started, such as `ENOENT`. */
  readonly notStarted?: string | undefined;
}

/** Runs a bash program on a machine. Never rejects: what goes wrong is part of the result. */
export type SshRunner = (target: SshTarget, program: string, signal?: AbortSignal) => Promise<SshResult>;

/** A machine that says more than this says nothing useful. */
const MOST_OUTPUT = 4 * 1024 * 1024;

/** A runner by the system's own ssh. Each run ends by its deadline, or at once when `signal` aborts. */
export function systemSsh(options: SshOptions): SshRunner {
  return (target, program, signal) =>
    new Promise((resolve) => {
      const child = spawn('ssh', sshArguments(target, options), { stdio: ['pipe', 'pipe', 'pipe'] });
      let timedOut = false;
      const texts = { stdout: '', stderr: '' };
      const end = (code: number | undefined, notStarted?: string) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        resolve({ code, ...texts, timedOut, notStarted });
      };
      const stop = () => child.kill('SIGKILL');
      const timer = setTimeout(() => {
        timedOut = true;
        stop();
      }, options.deadline ?? 25_000);
      signal?.addEventListener('abort', stop, { once: true });
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          if (texts[name].length < MOST_OUTPUT) texts[name] += text;
        });
      }
      child.on('error', (error: NodeJS.ErrnoException) => end(undefined, error.code ?? 'unknown'));
      child.on('close', (code) => end(code ?? undefined));
      // ssh may be gone before it has read everything.
      child.stdin.on('error', () => undefined);
      child.stdin.end(program);
    });
}
