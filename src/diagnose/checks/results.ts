import type { CheckResult } from './types.js';

/** All is well. */
export function pass(code: string, message: string): CheckResult {
  return { verdict: 'pass', code, message };
}

/** Worth a look, and no failure. */
export function warn(code: string, message: string, remedy: string): CheckResult {
  return { verdict: 'warn', code, message, remedy };
}

/** Not as it has to be. */
export function fail(code: string, message: string, remedy: string): CheckResult {
  return { verdict: 'fail', code, message, remedy };
}

/** Could not be looked at, for the reason given. */
export function skip(code: string, message: string): CheckResult {
  return { verdict: 'skip', code, message };
}
