import { z } from 'zod';
import { suggest } from '../support/suggest.js';
import type { InventoryCatalogue } from './context.js';
import { valueAt } from './draft.js';
import { comingFeature, comingValue, placeOfField, retiredValue, synonymOf, valueSynonymOf } from './field-hints.js';
import type { Finding, Path } from './finding.js';
import { clusterSchema } from './schema.js';

type Issue = z.core.$ZodIssue;

export interface ShapeCheck {
  readonly findings: readonly Finding[];
  /** What does not fit and has to be taken out before rules look at the rest. */
  readonly misfits: readonly Path[];
  /** Fields that a misspelt one was probably meant to be: that they are missing is no news. */
  readonly meant: readonly Path[];
}

/** Checks the shape, not the meaning. */
export function checkShape(value: unknown, catalogue: InventoryCatalogue): ShapeCheck {
  const result = clusterSchema.safeParse(value);
  if (result.success) return { findings: [], misfits: [], meant: [] };
  const issues = result.error.issues.flatMap((issue) => openUnion(issue, value));
  const meant = issues.flatMap(meantBy);
  const misspelt = new Set(meant.map((path) => JSON.stringify(path)));
  const isNews = (issue: Issue) => misspelt.size === 0 || !misspelt.has(JSON.stringify(pathOf(issue)));
  return {
    findings: issues.filter(isNews).flatMap((issue) => describe(issue, value, catalogue)),
    misfits: issues.flatMap(misfitsOf),
    meant,
  };
}

function meantBy(issue: Issue): Path[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const parent = pathOf(issue);
  return issue.keys.flatMap((key) => {
    const field = nearestField(key, fieldsAt(parent));
    return field === undefined ? [] : [[...parent, field]];
  });
}

function nearestField(key: string, fields: readonly string[]): string | undefined {
  return synonymOf(key, fields) ?? suggest(key, fields);
}

/** A union's issue says that no option fits; the one that was meant is told by whether the value is a mapping or a list. */
function openUnion(issue: Issue, root: unknown): Issue[] {
  const path = pathOf(issue);
  const value = valueAt(root, path);
  if (issue.code !== 'invalid_union' || typeof value !== 'object' || value === null) return [issue];
  const meant = issue.errors.find((issues) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  return meant?.map((inner) => ({ ...inner, path: [...path, ...inner.path] }) as Issue) ?? [issue];
}

function misfitsOf(issue: Issue): Path[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  // An empty list still is a list: rules may look at it.
  return issue.code === 'too_small' && issue.origin === 'array' ? [] : [path];
}

function describe(issue: Issue, root: unknown, catalogue: InventoryCatalogue): Finding[] {
  const path = pathOf(issue);
  const received = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeUnknown(path, key, catalogue));
  if (received === undefined && path.length > 0) return [describeMissing(path)];
  if (issue.code === 'invalid_value') {
    return [describeComingValue(path, received, catalogue) ?? describeChoice(path, received, issue.values.map(String))];
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return [describeEmpty(path)];
  if (issue.code === 'too_small' || issue.code === 'too_big') return [describeBounds(issue, path)];
  return [describeType(path, received, expectedBy(issue), catalogue)];
}

/** What belongs in the place of the value, such as `text or a mapping`. */
function expectedBy(issue: Issue): string {
  if (issue.code === 'invalid_type') return nameType(issue.expected);
  if (issue.code !== 'invalid_union') return nameType('string');
  const options = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? [nameType(first.expected)] : [],
  );
  return [...new Set(options)].join(' or ');
}

function describeUnknown(parent: Path, key: string, catalogue: InventoryCatalogue): Finding {
  const path = [...parent, key];
  const feature = comingFeature(parent.join('.'), key);
  if (feature !== undefined) return describeComing(path, key, feature, catalogue);
  const elsewhere = placeOfField(parent.join('.'), key);
  if (elsewhere !== undefined) {
    const message = `"${key}" does not belong ${placeOf(parent)}`;
    return { code: 'unknown-field', path, at: 'key', message, remedy: `write it as ${elsewhere}` };
  }
  const fields = fieldsAt(parent);
  const meant = nearestField(key, fields);
  const known = fields.length === 0 ? 'remove it' : `remove it, or use one of: ${fields.join(', ')}`;
  const remedy = meant === undefined ? known : `did you mean "${meant}"? Otherwise remove it`;
  if (key === '<<') {
    return {
      code: 'unknown-field',
      path,
      at: 'key',
      message: 'merge keys (<<) are not part of YAML 1.2',
      remedy: 'write the fields out, or use an alias as the value of a field',
    };
  }
  return { code: 'unknown-field', path, at: 'key', message: `there is no field "${key}" ${placeOf(parent)}`, remedy };
}

function describeComing(path: Path, key: string, feature: string, catalogue: InventoryCatalogue): Finding {
  const message = `"${key}" (${feature}) is not supported yet by ${nameOfVersion(catalogue)}`;
  return { code: 'coming-field', path, at: 'key', message, remedy: 'remove it' };
}

function describeComingValue(path: Path, received: unknown, catalogue: InventoryCatalogue): Finding | undefined {
  if (typeof received !== 'string') return undefined;
  const retired = retiredValue(String(path.at(-1)), received);
  if (retired !== undefined) return { code: 'retired-value', path, ...retired };
  const coming = comingValue(String(path.at(-1)), received);
  if (coming === undefined) return undefined;
  const message = `${coming.name} is not supported yet by ${nameOfVersion(catalogue)}`;
  return { code: 'coming-value', path, message, remedy: coming.remedy };
}

function nameOfVersion({ ironkeelVersion }: InventoryCatalogue): string {
  return ironkeelVersion === undefined ? 'this ironkeel' : `ironkeel ${ironkeelVersion}`;
}

function describeMissing(path: Path): Finding {
  const field = String(path.at(-1));
  const parent = path.slice(0, -1);
  if (field === 'sshKeys') {
    const remedy = 'add sshKeys: [{file: id.pub}], and make the key with: ssh-keygen -t ed25519 -f id';
    return { code: 'missing-field', path: parent, message: 'no sshKeys: nobody could log in to the machines', remedy };
  }
  const message = `the field "${field}" is missing ${placeOf(parent)}`;
  const example = EXAMPLES[path.filter((step) => typeof step === 'string').join('.')] ?? '';
  return { code: 'missing-field', path: parent, message, remedy: `add it${example}` };
}

/** By the path without indices: a name is another thing in each place. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'acme.email': ', such as email: you@your-domain.org',
  apiVersion: ': apiVersion: ironkeel.dev/v1alpha1',
  'domains.name': ', such as name: example.com',
  'images.preload.sha256': ': what sha256sum prints for the archive, in quotes',
  'images.preload.source': ', such as source: https://mirror.lan/app.tar',
  kind: ': kind: Cluster',
  machines: ': machines: [{name: controller, ip: 10.10.10.1, role: controller}]',
  'machines.files.path': ', such as path: /etc/motd',
  'machines.name': ', such as name: worker1',
  'machines.units.name': ', such as name: backup.service',
  name: ', such as name: guide',
};

function describeChoice(path: Path, received: unknown, values: readonly string[]): Finding {
  const word = String(received);
  const meant = valueSynonymOf(word, values) ?? suggest(word, values);
  const list = values.length === 1 ? `write ${values[0]}` : `use one of: ${values.join(', ')}`;
  const remedy =
    meant === undefined
      ? list
      : `did you mean "${meant}"?${values.length > 1 ? ` It is one of: ${values.join(', ')}` : ''}`;
  const structured = typeof received === 'object' || received === undefined;
  const kind = structured ? describeValue(received) : `"${word.slice(0, 60)}"`;
  return { code: 'unknown-value', path, message: `${kind} is no ${kindOf(path)}`, remedy };
}

/** What a value of a choice is: `tls`, or `role` for an item of `roles`. */
function kindOf(path: Path): string {
  const field = path.findLast((step) => typeof step === 'string') ?? 'value';
  return typeof path.at(-1) === 'number' ? field.replace(/s$/, '') : field;
}

function describeEmpty(path: Path): Finding {
  const field = String(path.at(-1));
  if (field === 'sshKeys') return { ...describeMissing(path), code: 'no-ssh-keys', path };
  return { code: 'empty-list', path, message: `"${field}" is empty`, remedy: 'add an item, or remove the field' };
}

function describeBounds(issue: Issue & { code: 'too_small' | 'too_big' }, path: Path): Finding {
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return {
    code: 'out-of-bounds',
    path,
    message: `"${String(path.at(-1))}" has to be ${bound}`,
    remedy: `give a number of ${bound}`,
  };
}

function describeType(path: Path, received: unknown, expected: string, catalogue: InventoryCatalogue): Finding {
  const field = path.length === 0 ? 'the inventory' : `"${nameOf(path)}"`;
  if (isVersion(path) && typeof received === 'number') return describeVersion(path, catalogue);
  const message = `${field} has to be ${expected}, and this is ${describeValue(received)}`;
  return { code: 'wrong-type', path, message, remedy: remedyForType(received, expected) };
}

function describeVersion(path: Path, { defaultKubernetesVersion }: InventoryCatalogue): Finding {
  const message = 'the version is not in quotes, so YAML reads it as a number: 1.20 would become 1.2';
  return {
    code: 'unquoted-version',
    path,
    message,
    remedy: `put it in quotes: version: "${defaultKubernetesVersion}"`,
  };
}

function remedyForType(received: unknown, expected: string): string {
  if (received === null) return 'give it a value, or remove the field';
  const scalar = typeof received === 'number' || typeof received === 'boolean';
  if (scalar && expected.startsWith('text')) return 'put the value in quotes';
  if (typeof received === 'string' && !expected.startsWith('text')) return REMEDY_FOR_TEXT[expected] ?? 'change it';
  return `write ${expected} here; ironkeel init --example guide shows the format`;
}

const REMEDY_FOR_TEXT: Readonly<Record<string, string>> = {
  'a whole number': 'write a whole number, without quotes',
  'true or false': 'write true or false, without quotes',
  'a list': 'write a list: [one, two], or one "- item" a line',
  'a mapping': 'write fields: {field: value}, or one "field: value" a line',
};

function nameType(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a whole number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return names[expected] ?? expected;
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const names: Readonly<Record<string, string>> = { number: 'a number', boolean: 'true or false', string: 'text' };
  return names[typeof value] ?? typeof value;
}

function isVersion(path: Path): boolean {
  return path.join('.') === 'kubernetes.version';
}

function pathOf(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

/** `machines[2]`: how people write a path. */
function nameOf(path: Path): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name === '' ? step : `${name}.${step}`),
    '',
  );
}

function placeOf(path: Path): string {
  return path.length === 0 ? 'in the inventory' : `in ${nameOf(path)}`;
}

/** Names of the fields that a mapping at `path` may have. */
function fieldsAt(path: Path): string[] {
  const options = path.reduce<z.ZodType[]>(
    (schemas, step) => schemas.flatMap((schema) => childSchemas(schema, step)),
    [clusterSchema],
  );
  return options.flatMap(unwrap).flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
}

function childSchemas(schema: z.ZodType, step: string | number): z.ZodType[] {
  return unwrap(schema).flatMap((part) => {
    if (part instanceof z.ZodArray) return [part.element as z.ZodType];
    const child = part instanceof z.ZodObject ? (part.shape[step] as z.ZodType | undefined) : undefined;
    return child === undefined ? [] : [child];
  });
}

function unwrap(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(unwrap);
  return [schema];
}
