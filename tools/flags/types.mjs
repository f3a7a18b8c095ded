/** Go's types of fields, in the words of data/flags/; whatever else there is, is an object with fields of its own. */
const SCALARS = new Map([
  ['string', 'string'],
  ['bool', 'bool'],
  ['int32', 'int'],
  ['int64', 'int'],
  ['float64', 'float'],
  ['metav1.Duration', 'duration'],
]);

/** JSON name → type of the fields of one struct in a file of Go types; embedded structs are left out. */
export function structFields(source, struct) {
  const body = new RegExp(`^type ${struct} struct \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source)?.[1];
  if (body === undefined) throw new Error(`there is no struct ${struct}`);
  const named = new Set([...source.matchAll(/^type (\w+) string$/gm)].map(([, name]) => name));
  const fields = [...body.matchAll(/^\t\w+\s+(\S+)\s+`json:"(\w+)[^`]*`/gm)];
  return Object.fromEntries(
    fields.map(([, type, name]) => [name, kindOf(type.replace(/^\*/, ''), named)]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function kindOf(type, named) {
  if (type.startsWith('[]')) return 'list';
  if (type.startsWith('map[')) return 'map';
  return SCALARS.get(type) ?? (named.has(type) ? 'string' : 'object');
}
