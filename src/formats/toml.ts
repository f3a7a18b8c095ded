export type TomlValue = string | number | boolean | readonly string[];
/** A table: its values come first, then the tables inside it. */
export interface TomlTable {
  readonly [key: string]: TomlValue | TomlTable | undefined;
}

/**
 * Encodes a document of TOML 1.0, keys in insertion order, members that are `undefined` left out. It holds what
 * containerd's configuration needs: texts, numbers, booleans, lists of texts, and tables.
 *
 * @example encodeToml({ version: 2, a: { b: true } }) // version = 2\n\n[a]\nb = true\n
 */
export function encodeToml(document: TomlTable): string {
  return tableText(document, []).join('\n');
}

/** One text for each table, the outer one first; a table that only holds tables needs no header. */
function tableText(table: TomlTable, path: readonly string[]): string[] {
  const values: string[] = [];
  const inner: string[] = [];
  for (const [key, member] of Object.entries(table)) {
    if (member === undefined) continue;
    if (isTable(member)) inner.push(...tableText(member, [...path, key]));
    else values.push(`${keyText(key)} = ${valueText(member)}\n`);
  }
  if (values.length === 0) return inner;
  const header = path.length === 0 ? '' : `[${path.map(keyText).join('.')}]\n`;
  return [header + values.join(''), ...inner];
}

function isTable(member: TomlValue | TomlTable): member is TomlTable {
  return typeof member === 'object' && !Array.isArray(member);
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}

function valueText(value: TomlValue): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' ? `[${value.map(quote).join(', ')}]` : String(value);
}

/** JSON's escapes are TOML's; JSON leaves only DEL unescaped that TOML does not allow. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\x7f/g, '\\u007F');
}
