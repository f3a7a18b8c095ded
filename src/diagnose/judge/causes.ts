import type { Cause } from '../types.js';

/** What ends by itself. */
export function waiting(code: string, message: string): Cause {
  return { severity: 'waiting', code, message };
}

/** Of what was asked and has not answered yet: nothing can be said. */
export const UNASKED: Cause = waiting('asking', 'has not answered yet');

/** What somebody has to do something about. */
export function fault(code: string, message: string, remedy?: string): Cause {
  return { severity: 'error', code, message, remedy };
}

/** What keeps nothing from being Ready. */
export function note(code: string, message: string, remedy?: string): Cause {
  return { severity: 'note', code, message, remedy };
}

/** The last line of a journal behind what it explains, and nothing where there is none. */
export function lastSaid(lines: readonly string[] | undefined): string {
  const last = lines?.at(-1)?.trim() ?? '';
  return last === '' ? '' : `; it says: ${shorten(readable(last))}`;
}

const LONGEST = 300;

/** Text of a machine as part of a line. */
export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** klog puts time, process and place in front: `E1122 10:00:00.000000    1234 server.go:1] "Failed" err="…"`. */
function readable(line: string): string {
  return line.replace(/^[EFWI]\d{4} [\d:.]+\s+\d+ \S+\] /, '').replace(/^ironkeel-\w+: /, '');
}
