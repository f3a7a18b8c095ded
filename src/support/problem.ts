/**
 * What is wrong with something the user gave us, or what we could not do: one value that a command
 * prints as text with a caret, or as JSON.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable, kebab-case, for scripts: `duplicate-ip`, `unknown-field`, … */
  readonly code: string;
  /** One sentence, no trailing full stop: what is wrong. */
  readonly message: string;
  /** What to do about it, as an instruction. */
  readonly remedy: string;
  /** The value seen, as the user wrote it. Never a private key. */
  readonly value?: string | undefined;
  readonly source?: SourceSpan | undefined;
}

/** A place in a text the user wrote. Line and column count from 1; `length` is in characters. */
export interface SourceSpan {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole line of text, for the caret. */
  readonly text: string;
}

/** The user's input cannot be used: exit code 2, nothing was written. Carries every problem at once. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('; '));
  }
}

/** The input was fine, yet the work could not be done (disk full, tool missing): exit code 1. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
  constructor(
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An {@link InputError} with a single problem that has no place in a file, such as a bad flag. */
export function inputError(code: string, message: string, remedy: string, value?: string): InputError {
  return new InputError([{ severity: 'error', code, message, remedy, value }]);
}
