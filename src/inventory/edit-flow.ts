import type { Node, YAMLSeq } from 'yaml';

/** The text with an item more at the end of a flow list, on a line of its own when the last one has one. */
export function insertIntoFlow(text: string, list: YAMLSeq, item: string): string {
  const last = list.items.at(-1) as Node | undefined;
  const [open = 0] = list.range ?? [];
  if (last === undefined) return insert(text, open + 1, item);
  const [start, end] = rangeOf(last);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = text.slice(lineStart, start);
  if (!/^[ \t]*$/.test(indent)) return insert(text, end, `, ${item}`);
  return insertOnNewLine(text, end, indent, item);
}

/** After the last item may come a comma and a comment, which stay with it. */
function insertOnNewLine(text: string, end: number, indent: string, item: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const [rest = '', comma] =
    /^[ \t]*(,)?[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(text.slice(end).replace(/\r(?=\n)/g, ' ')) ?? [];
  if (rest === '') return insert(text, end, `,${newline}${indent}${item}`);
  const after = end + rest.length;
  if (comma !== undefined) return insert(text, after, `${indent}${item},${newline}`);
  return insert(insert(text, after, `${indent}${item}${newline}`), end, ',');
}

/** The text without one item of a flow list and the comma that parted it from its neighbour. */
export function removeFromFlow(text: string, list: YAMLSeq, index: number): string {
  const [start, end] = rangeOf(list.items[index] as Node);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const [line] = /^[ \t]*,?[ \t]*(?:#[^\n]*)?\n/.exec(text.slice(end)) ?? [];
  const ownLine = /^[ \t]*$/.test(text.slice(lineStart, start)) && line !== undefined;
  const following = /^\s*,[ \t]*/.exec(text.slice(end))?.[0];
  if (ownLine && (following !== undefined || index === 0))
    return text.slice(0, lineStart) + text.slice(end + line.length);
  const isLast = index === list.items.length - 1;
  if (following !== undefined && (!isLast || index === 0))
    return text.slice(0, start) + text.slice(end + following.length);
  if (index === 0) return text.slice(0, start) + text.slice(end);
  const [, previous] = rangeOf(list.items[index - 1] as Node);
  const comma = text.indexOf(',', previous);
  if (!ownLine) return text.slice(0, comma) + text.slice(end);
  return text.slice(0, comma) + text.slice(comma + 1, lineStart) + text.slice(end + line.length);
}

function rangeOf(node: Node): readonly [number, number] {
  const [start = 0, end = start] = node.range ?? [];
  return [start, end];
}

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}
