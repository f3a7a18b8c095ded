import type { ClusterStatus } from '../types.js';
import { statusTable } from './table.js';
import { clip, wrap } from './text.js';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The status as a picture that fits on a terminal: no line is broken by it, since the next picture is drawn over
 * this one. Too many machines: those that are Ready are left out first.
 */
export function livePicture(status: ClusterStatus, screen: Screen): string[] {
  const room = Math.max(1, screen.rows - 1);
  const whole = adapt(statusTable(status), screen);
  if (whole.length <= room) return whole;
  const unready = status.machines.filter(({ ready }) => !ready);
  const fewer = adapt(statusTable({ ...status, machines: unready }), screen);
  // The headline counts all machines.
  const lines = [whole[0] ?? '', ...fewer.slice(1)];
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), clip(`… ${lines.length - room + 1} more lines`, screen.columns)];
}

/** Tables are cut at the edge, sentences are wrapped. */
function adapt(lines: readonly string[], { columns }: Screen): string[] {
  return lines.flatMap((line) => (/^\S[^:]*: /.test(line) ? wrap(line, columns) : [clip(line, columns)]));
}

/**
 * What to write to replace one picture by the next: the cursor goes up to its beginning, each line is written over
 * the old one and its rest cleared, and what was longer is cleared below. One write, so that nothing flickers.
 *
 * @param previous how many lines the last picture has; 0 for none.
 */
export function redraw(previous: number, lines: readonly string[]): string {
  const up = previous === 0 ? '' : `\x1b[${previous}A\r`;
  return `${up}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`;
}
