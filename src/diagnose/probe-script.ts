import { readFileSync } from 'node:fs';

let text: string | undefined;

/** The program that is run on a machine; it lies beside this module, in `src/` and in `dist/` alike. */
export function probeScript(): string {
  text ??= readFileSync(new URL('probe.sh', import.meta.url), 'utf8');
  return text;
}
