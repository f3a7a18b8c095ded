import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { WorkError } from '../support/problem.js';
import type { CliContext } from './context.js';

/** How to speak of something that kubectl could not do. */
export interface Wish {
  /** Follows "kubectl could not". */
  readonly what: string;
  readonly remedy: string;
}

/** The user's own kubectl, with the kubeconfig of one cluster and nothing else of the user's. */
export class Kubectl {
  constructor(
    readonly context: Pick<CliContext, 'env'>,
    readonly kubeconfig: string,
  ) {}

  /** Runs it to its end and gives what it printed. @throws WorkError with its own reason. */
  async ask(args: readonly string[], wish: Wish): Promise<string> {
    const child = this.#start(args);
    const [said, failed] = [collect(child.stdout), collect(child.stderr)];
    const code = await ended(child);
    if (code !== 0) throw refused(wish, failed());
    return said();
  }

  /**
   * Starts a port-forward and gives it once it listens.
   * @param args from what to where, as `kubectl port-forward` takes them.
   * @throws WorkError with its own reason.
   */
  async forward(args: readonly string[], wish: Wish): Promise<Forward> {
    const child = this.#start(['port-forward', '--address=127.0.0.1', ...args]);
    const failed = collect(child.stderr);
    const end = ended(child);
    // A defect between here and the caller's own end must leave nothing listening.
    process.once('exit', () => child.kill());
    const first = await Promise.race([once(child.stdout, /^Forwarding from /), end]);
    if (first !== true) throw refused(wish, failed());
    return { stop: () => child.kill(), ended: end.then(() => lastWord(failed())) };
  }

  #start(args: readonly string[]) {
    // In a group of its own: Ctrl-C is for this program, which then ends kubectl.
    return spawn('kubectl', [`--kubeconfig=${this.kubeconfig}`, ...args], {
      env: { ...this.context.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }
}

/** A port on this computer that leads into a pod. */
export interface Forward {
  stop(): void;
  /** What kubectl said of its end. */
  readonly ended: Promise<string>;
}

/** The exit code; null after a signal. @throws WorkError when there is no kubectl. */
function ended(child: ChildProcess): Promise<number | null> {
  const end = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'ENOENT' ? 'kubectl is not installed' : `kubectl cannot be started: ${cause.message}`;
      reject(
        new WorkError(message, 'Install kubectl and put it on your PATH: https://kubernetes.io/docs/tasks/tools', {
          cause,
        }),
      );
    });
  });
  // Whoever waits for it later still sees the failure.
  end.catch(() => undefined);
  return end;
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text = `${text}${more}`.slice(-4096);
  });
  return () => text.trim();
}

function once(stream: Readable, wanted: RegExp): Promise<true> {
  let text = '';
  return new Promise((resolve) => {
    const read = (more: string) => {
      text += more;
      if (!wanted.test(text)) return;
      // What follows is a line for each connection, for nobody.
      stream.off('data', read).resume();
      resolve(true);
    };
    stream.setEncoding('utf8').on('data', read);
  });
}

function refused({ what, remedy }: Wish, reason: string): WorkError {
  return new WorkError(`kubectl could not ${what}: ${lastWord(reason)}`, remedy);
}

/** Its last line, without what it begins each error with. */
function lastWord(said: string): string {
  const last = said.split('\n').at(-1) ?? '';
  return last === '' ? 'it gave no reason' : last.replace(/^(error|Error from server \(\w+\)): /, '');
}
