import type { Path } from './finding.js';
import type { RawCluster, RawMachine } from './schema.js';

/** The same shape with holes: whatever did not fit the schema is missing, the rest has its type. */
export type Holey<T> = T extends readonly (infer Item)[]
  ? readonly (Holey<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Holey<T[Key]> | undefined }
    : T;

export type Draft = Holey<RawCluster>;
export type DraftMachine = Holey<RawMachine>;

/** Takes the values at `paths` out of `value`, in place; items of lists leave a hole, so that positions stay. */
export function punchHoles(value: unknown, paths: Iterable<Path>): void {
  for (const path of paths) {
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<unknown>((part, step) => child(part, step), value);
    if (last === undefined || typeof parent !== 'object' || parent === null) continue;
    if (Array.isArray(parent)) parent[Number(last)] = undefined;
    else Reflect.deleteProperty(parent, last);
  }
}

function child(parent: unknown, step: string | number): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) return undefined;
  return Reflect.get(parent, step);
}

/** The value at a path of a plain value, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(child, root);
}

/** The items that are there, with their index in the file. */
export function* each<T>(items: readonly (T | undefined)[] | undefined): Generator<readonly [number, T]> {
  for (const [index, item] of (items ?? []).entries()) if (item !== undefined) yield [index, item];
}
