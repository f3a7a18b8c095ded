import { suggest } from '../support/suggest.js';
import type { Finding, Path } from './finding.js';

/** A part of an OpenAPI schema as Kubernetes has them for its kinds: structural, without references. */
export interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly additionalProperties?: FieldSchema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  array: 'a list',
};

/** What an API server that knows the schema would refuse of a value; `what` names the whole in messages. */
export function* checkFields(value: unknown, schema: FieldSchema, path: Path, what: string): Generator<Finding> {
  const { type } = schema;
  if (type !== undefined && !fits(value, type)) {
    const wanted = WANTED[type] ?? type;
    yield finding('bad-option', path, `"${path.at(-1)}" has to be ${wanted}`, `give it ${wanted}`);
  } else if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const choices = schema.enum.map(String);
    const near = suggest(String(value), choices);
    const remedy = near === undefined ? `write one of ${choices.join(', ')}` : `did you mean "${near}"?`;
    yield finding('bad-option', path, `"${path.at(-1)}" has no such choice`, remedy);
  } else if (Array.isArray(value)) {
    const { items } = schema;
    for (const [index, item] of value.entries())
      if (items !== undefined) yield* checkFields(item, items, [...path, index], what);
  } else if (typeof value === 'object' && value !== null) yield* checkMembers(value, schema, path, what);
}

function* checkMembers(value: object, schema: FieldSchema, path: Path, what: string): Generator<Finding> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : others;
    if (known !== undefined) yield* checkFields(member, known, [...path, name], what);
    else if (!open) yield unknownField(name, Object.keys(properties), [...path, name], what);
  }
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    yield finding('missing-field', path, `"${path.at(-1)}" lacks the field "${name}"`, `add ${name}`);
  }
}

function unknownField(name: string, known: readonly string[], path: Path, what: string): Finding {
  const near = suggest(name, known);
  const remedy =
    near === undefined ? `write one of ${known.join(', ') || 'no field at all'}` : `did you mean "${near}"?`;
  return { ...finding('unknown-option', path, `${what} has no field "${name.slice(0, 60)}" here`, remedy), at: 'key' };
}

function fits(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}

function finding(code: string, path: Path, message: string, remedy: string): Finding {
  return { code, path, message, remedy };
}
