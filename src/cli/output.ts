import type { Problem } from '../support/problem.js';
import { formatProblem } from '../support/report.js';

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly json: boolean;
  readonly color: boolean;
}

/** Milliseconds between two lines of progress: faster than that nobody reads. */
const PROGRESS_INTERVAL = 100;

/**
 * Everything a command says. Results go to standard output, everything else to standard error; with
 * `--output json` standard output gets one document, problems included, and nothing else is said.
 */
export class Output {
  readonly json: boolean;
  readonly #options: OutputOptions;
  readonly #problems: Problem[] = [];
  #result: Readonly<Record<string, unknown>> = {};
  #progressShown = false;
  #progressAt = 0;
  #printed = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.json = options.json;
  }

  /** A line of the result, for people. */
  line(text = ''): void {
    if (this.json) return;
    this.#clearProgress();
    this.#options.stdout.write(`${text}\n`);
  }

  /** The result itself where it is a document for other programs, such as a schema: in either mode. */
  raw(text: string): void {
    this.#clearProgress();
    this.#options.stdout.write(text);
    this.#printed = true;
  }

  /** What is going on, for people. */
  note(text: string): void {
    if (this.json) return;
    this.#clearProgress();
    this.#options.stderr.write(`${text}\n`);
  }

  /** What is going on right now: one line that the next one replaces on a terminal, nothing elsewhere. */
  progress(text: string): void {
    if (this.json || this.#options.stderr.isTTY !== true) return;
    const now = performance.now();
    if (this.#progressShown && now - this.#progressAt < PROGRESS_INTERVAL) return;
    this.#progressAt = now;
    this.#options.stderr.write(`\r${text}\x1b[K`);
    this.#progressShown = true;
  }

  /** Details of a defect, in either mode. */
  debug(text: string): void {
    this.#clearProgress();
    this.#options.stderr.write(`${text}\n`);
  }

  problem(problem: Problem): void {
    this.#problems.push(problem);
    if (this.json) return;
    this.#clearProgress();
    this.#options.stderr.write(`${formatProblem(problem, { color: this.#options.color })}\n`);
  }

  /** Members of the JSON document. */
  result(members: Readonly<Record<string, unknown>>): void {
    this.#result = { ...this.#result, ...members };
  }

  /** Ends the output: in JSON mode prints the document, unless the command printed one of its own. */
  finish(exitCode: number): void {
    this.#clearProgress();
    if (!this.json || this.#printed) return;
    const document = { ok: exitCode === 0, exitCode, ...this.#result, problems: this.#problems };
    this.#options.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#options.stderr.write('\r\x1b[K');
    this.#progressShown = false;
  }
}
