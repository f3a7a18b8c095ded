/** An object of the API, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The objects of a list of the API. */
export function items(value: Json): readonly Json[] {
  return list(value.items);
}

/** The objects of an array; none where it is no array. */
export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** The object itself; an empty one where it is none. */
export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

/** The text itself; empty where it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number itself; 0 where it is none. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
