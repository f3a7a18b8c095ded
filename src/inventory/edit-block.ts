import { isCollection, isMap, isPair, isScalar, isSeq, type Node, stringify, type YAMLSeq } from 'yaml';
import { toFlow } from './flow.js';

/** The text with an item more at the end of a block list, in the style of the last item. */
export function insertIntoBlock(text: string, list: YAMLSeq, fields: Readonly<Record<string, string>>): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const last = list.items.at(-1);
  const indent = ' '.repeat(dashColumn(text, list));
  const lines = isMap(last) && last.flow !== true ? blockItem(fields) : [`- ${toFlow(fields)}`];
  const end = itemEnd(text, list, list.items.length - 1);
  const before = text.slice(0, end);
  const gap = before.endsWith('\n') ? '' : newline;
  return `${before}${gap}${lines.map((line) => `${indent}${line}${newline}`).join('')}${text.slice(end)}`;
}

/** The text without the lines of one item of a block list; a list that gets empty becomes `[]`. */
export function removeFromBlock(text: string, list: YAMLSeq, index: number): string {
  const dash = dashOffset(text, list, index);
  const start = text.lastIndexOf('\n', dash) + 1;
  const end = itemEnd(text, list, index);
  if (list.items.length > 1) return text.slice(0, start) + text.slice(end);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const tail = text.slice(start, end).endsWith('\n') ? newline : '';
  return `${text.slice(0, start)}${text.slice(start, dash) || '  '}[]${tail}${text.slice(end)}`;
}

function blockItem(fields: Readonly<Record<string, string>>): string[] {
  const lines = stringify(fields, { lineWidth: 0 }).trimEnd().split('\n');
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

function dashColumn(text: string, list: YAMLSeq): number {
  const dash = dashOffset(text, list, list.items.length - 1);
  return dash - (text.lastIndexOf('\n', dash) + 1);
}

/** Offset of the `-` of an item, from the tokens that the document was composed of. */
function dashOffset(_text: string, list: YAMLSeq, index: number): number {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') throw new Error('a block list without its source tokens');
  const dashes = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  return dashes[index]?.offset ?? 0;
}

/** Offset after the line on which an item ends, a comment on that line included. */
function itemEnd(text: string, list: YAMLSeq, index: number): number {
  const item = list.items[index] as Node | null | undefined;
  const end = Math.max(dashOffset(text, list, index) + 1, item ? valueEnd(item) : 0);
  if (text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  return newline < 0 ? text.length : newline + 1;
}

/** Where the last scalar, or the last bracket, of a value ends: a block's own range takes in what follows. */
function valueEnd(node: Node): number {
  const end = node.range?.[1] ?? 0;
  if (!isCollection(node) || node.flow === true) return end;
  const last = isSeq(node) || isMap(node) ? node.items.at(-1) : undefined;
  if (!isPair(last)) return last === undefined || last === null ? end : valueEnd(last as Node);
  const value = last.value as Node | null;
  const key = last.key as Node;
  if (value === null || (isScalar(value) && value.range?.[0] === value.range?.[1])) return (key.range?.[1] ?? end) + 1;
  return valueEnd(value);
}
