/**
 * `pass` and `fail` speak for themselves; `warn` deserves a look and fails nothing; `skip` could not be looked at.
 */
export type CheckVerdict = 'pass' | 'warn' | 'fail' | 'skip';

/** One thing that was looked at from outside, and what came of it: a line of its own. */
export interface Check {
  readonly verdict: CheckVerdict;
  /** What it is about: `*.example.com`, `example.com at edge1`, `default/shop`. */
  readonly subject: string;
  /** What was looked at and what came of it; stable, kebab-case, for scripts: `dns-missing`, `certificate-expired`. */
  readonly code: string;
  /** No capital, no full stop, to stand behind `SUBJECT: `. */
  readonly message: string;
  /** What to do about it; of everything that is not well. */
  readonly remedy?: string | undefined;
}

/** A check before it is known whom it is about. */
export type CheckResult = Omit<Check, 'subject'>;
