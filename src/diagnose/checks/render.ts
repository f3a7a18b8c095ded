import { escapeForTerminal } from '../../support/terminal.js';
import type { Check, CheckVerdict } from './types.js';

const MARKS: Readonly<Record<CheckVerdict, string>> = { pass: 'ok  ', warn: 'warn', fail: 'FAIL', skip: 'skip' };

/** One line a check, and below those that are not well what to do; nothing from outside reaches the terminal unescaped. */
export function checkLines(checks: readonly Check[]): string[] {
  return checks.flatMap(({ verdict, subject, message, remedy }) => {
    const line = escapeForTerminal(`${MARKS[verdict]}  ${subject}: ${message}`);
    return remedy === undefined ? [line] : [line, escapeForTerminal(`      ${remedy}`)];
  });
}

/** Such as `9 checks: 1 failed, 2 warnings`. */
export function checkSummary(checks: readonly Check[]): string {
  const count = (verdict: CheckVerdict) => checks.filter((check) => check.verdict === verdict).length;
  const [failed, warnings, skipped] = [count('fail'), count('warn'), count('skip')];
  const parts = [
    failed > 0 ? `${failed} failed` : 'none failed',
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}: ${parts.join(', ')}`;
}

/** Whether nothing failed; warnings and what was skipped do not count. */
export function allWell(checks: readonly Check[]): boolean {
  return checks.every(({ verdict }) => verdict !== 'fail');
}

/** As members of the JSON document of `--output json`; what is not there is null. */
export function checksJson(checks: readonly Check[]): readonly Record<string, unknown>[] {
  return checks.map(({ verdict, subject, code, message, remedy }) => ({
    ...{ verdict, subject, code, message },
    remedy: remedy ?? null,
  }));
}
