import { spawnSync } from 'node:child_process';

const INTRODUCTION = `Every field that \`cluster.yaml\` takes. A field that is not here is refused by its name, with the nearest one
that exists. \`ironkeel schema\` prints the same as JSON Schema; editors that know the YAML language server complete and
check with it, since \`init\` names it in the file's first line.`;

/** The page of the inventory: one table an object of the schema, fields in the schema's order. */
export function inventoryPage() {
  const schema = printedSchema();
  const tables = [];
  collect(schema, schema, 'cluster.yaml', tables, new Set());
  return `${[
    '<!-- Written by tools/generate-reference.mjs; do not edit. -->',
    '# cluster.yaml',
    INTRODUCTION,
    ...tables,
  ].join('\n\n')}\n`;
}

function printedSchema() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/ironkeel.js', 'schema'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ironkeel schema ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

function collect(root, schema, title, tables, seen) {
  const object = objectOf(root, schema);
  if (!object || seen.has(title)) return;
  seen.add(title);
  const required = new Set(object.required ?? []);
  const rows = Object.entries(object.properties).map(([name, field]) => {
    const wanted = required.has(name) && field.default === undefined;
    return `| \`${name}\` | ${typeOf(root, field)} | ${wanted ? 'required' : defaultOf(field)} | ${describe(field)} |`;
  });
  tables.push(`## ${title}`, ['| Field | Type | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n'));
  for (const [name, field] of Object.entries(object.properties)) {
    const inner = title === 'cluster.yaml' ? name : `${title}.${name}`;
    collect(root, field, inner, tables, seen);
  }
}

/** The object with fields of its own that a schema describes, through arrays, alternatives and references. */
function objectOf(root, schema) {
  const resolved = dereference(root, schema);
  if (resolved.properties) return resolved;
  if (resolved.items) return objectOf(root, resolved.items);
  for (const option of [...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])]) {
    const found = objectOf(root, option);
    if (found) return found;
  }
  return undefined;
}

function typeOf(root, schema) {
  const field = dereference(root, schema);
  if (field.title) return field.title;
  const options = field.anyOf ?? field.oneOf;
  if (options) return [...new Set(options.map((option) => typeOf(root, option)))].join(' or ');
  if (field.enum) return field.enum.map(code).join(', ');
  if (field.const !== undefined) return code(field.const);
  if (field.type === 'array') return `list of ${typeOf(root, field.items ?? {})}`;
  if (field.additionalProperties && typeof field.additionalProperties === 'object' && !field.properties) {
    return `map to ${typeOf(root, field.additionalProperties)}`;
  }
  return field.type ?? 'any';
}

function dereference(root, schema) {
  if (!schema.$ref) return schema;
  return schema.$ref
    .split('/')
    .slice(1)
    .reduce((node, key) => node[key], root);
}

function defaultOf(field) {
  return field.default === undefined ? '–' : code(field.default);
}

function describe(field) {
  return (field.description ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
