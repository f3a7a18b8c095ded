import type { InventoryContext } from '../context.js';
import { type Draft, each } from '../draft.js';
import type { Finding, Path } from '../finding.js';

/** What a rule looks at. The draft may have holes where the shape was wrong: a rule passes over them. */
export interface RuleInput {
  readonly draft: Draft;
  readonly context: InventoryContext;
  /** Line of a value in the file, for "first on line 7". */
  lineOf(path: Path): number;
  /** Whether a problem with the value is known: its shape was wrong, or its name misspelt. That it is missing is not news. */
  isMisfit(path: Path): boolean;
}

/** One concern of the inventory's meaning; the findings may come in any order. */
export type Rule = (input: RuleInput) => Iterable<Finding>;

/** A finding that makes the inventory unusable. */
export function error(code: string, path: Path, message: string, remedy: string): Finding {
  return { code, path, message, remedy };
}

/** A finding that is worth a look; the inventory can be used. */
export function warning(code: string, path: Path, message: string, remedy: string): Finding {
  return { severity: 'warning', code, path, message, remedy };
}

/** A value that has to be unique, with where it is. */
export interface Keyed {
  readonly key: string;
  readonly path: Path;
}

/** Each item whose key was there before, with the first one of that key. Linear in the number of items. */
export function* findDuplicates<T extends Keyed>(items: Iterable<T>): Generator<readonly [T, T]> {
  const seen = new Map<string, T>();
  for (const item of items) {
    const first = seen.get(item.key);
    if (first === undefined) seen.set(item.key, item);
    else yield [item, first];
  }
}

/** The machines that are there, with their paths. */
export function* eachMachine(draft: Draft) {
  for (const [index, machine] of each(draft.machines)) yield { machine, path: ['machines', index] as const, index };
}
