import type { Problem, SourceSpan } from '../support/problem.js';

/** The way from the root of the inventory to a value: `['machines', 2, 'ip']`. */
export type Path = readonly (string | number)[];

/** A problem that knows which part of the inventory it is about, not yet where that is in the text. */
export interface Finding {
  readonly code: string;
  readonly path: Path;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly remedy: string;
  /** Default `error`. */
  readonly severity?: 'warning';
  /** Point at the field's name, not at its value. */
  readonly at?: 'key';
}

/** Something that finds the text of a value; see `InventorySource`. */
export interface Locator {
  locate(path: Path, at: 'key' | 'value'): { readonly span: SourceSpan; readonly value: string };
}

/** A finding with its place in the text and what is written there. */
export function toProblem({ code, path, message, remedy, severity, at }: Finding, locator: Locator): Problem {
  const { span, value } = locator.locate(path, at ?? 'value');
  return {
    severity: severity ?? 'error',
    code,
    message,
    remedy,
    value: value === '' ? undefined : value,
    source: span,
  };
}

/** Problems in the order of the text, each place and code once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const once = problems.filter(({ code, source, message }) => {
    const key = `${source?.line}:${source?.column}:${code}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
  const line = ({ source }: Problem) => source?.line ?? 0;
  const column = ({ source }: Problem) => source?.column ?? 0;
  return once.sort((left, right) => line(left) - line(right) || column(left) - column(right));
}
