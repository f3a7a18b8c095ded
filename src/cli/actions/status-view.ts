import { type ClusterStatus, changedLines, livePicture, redraw } from '../../diagnose/index.js';
import type { CliContext } from '../context.js';

/** Shows one status after the other. */
export interface StatusView {
  /** Whether the last status stays to be seen as a whole. */
  readonly isPicture: boolean;
  show(status: ClusterStatus): void;
}

/** What standard output may be: more than stricli knows of it. */
type Stdout = { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };

/** A table that is redrawn in place on a terminal, else a line for each change; nothing with `--output json`. */
export function statusView(context: CliContext): StatusView {
  const stdout: Stdout = context.process.stdout;
  const isTerminal = stdout.isTTY === true && context.env.TERM !== 'dumb' && !context.out.json;
  return isTerminal ? new LiveView(stdout) : new PlainView(context);
}

class LiveView implements StatusView {
  readonly isPicture = true;
  #shown: readonly string[] = [];

  constructor(readonly stdout: Stdout) {}

  show(status: ClusterStatus): void {
    const { columns = 80, rows = 24 } = this.stdout;
    const picture = livePicture(status, { columns, rows });
    if (picture.join('\n') === this.#shown.join('\n')) return;
    this.stdout.write(redraw(this.#shown.length, picture));
    this.#shown = picture;
  }
}

class PlainView implements StatusView {
  readonly isPicture = false;
  #last: ClusterStatus | undefined;

  constructor(readonly context: CliContext) {}

  show(status: ClusterStatus): void {
    if (!status.complete) return; // the first answers say that the others are missing: no news
    for (const line of changedLines(this.#last, status)) this.context.out.line(line);
    this.#last = status;
  }
}
