import type { Problem, SourceSpan } from './problem.js';
import { cellWidth, escapeCharacter, escapeForTerminal } from './terminal.js';

/** Cells of a source line that are shown; longer ones are cut around the caret. */
const LINE_WIDTH = 160;
/** Characters to either side of a span that are looked at at all: a line may be megabytes long. */
const NEIGHBOURHOOD = 400;
const TAB_STOP = 4;
const INDENT = '    ';

/**
 * A problem as text, without a trailing newline: `file:line:column: error: message`, the source line with a
 * caret line below it, the value and the remedy. Nothing of what the user wrote reaches the terminal
 * unescaped; `color` adds our own escape codes.
 *
 * @example formatProblem(problem, { color: false })
 * // cluster.yaml:8:25: error: the IP 10.10.10.2 is used twice, first on line 7
 * //     - {name: b, ip: 10.10.10.2}
 * //                   ^~~~~~~~~~
 * //   value: 10.10.10.2
 * //   remedy: give each machine its own address
 */
export function formatProblem(problem: Problem, options: { readonly color: boolean }): string {
  const paint = options.color ? paintAnsi : paintNothing;
  const lines = [headline(problem, paint)];
  if (problem.source !== undefined) lines.push(...excerpt(problem.source, paint));
  if (problem.value !== undefined) lines.push(`  value: ${shorten(problem.value)}`);
  lines.push(`  remedy: ${escapeForTerminal(problem.remedy)}`);
  return lines.join('\n');
}

type Style = 'bold' | 'red' | 'yellow' | 'green';
type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, string>> = { bold: '1', red: '1;31', yellow: '1;33', green: '1;32' };
const paintAnsi: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;
const paintNothing: Paint = (_style, text) => text;

function headline({ severity, message, source }: Problem, paint: Paint): string {
  const place = source === undefined ? '' : `${escapeForTerminal(source.file)}:${source.line}:${source.column}: `;
  const label = paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`);
  return `${place === '' ? '' : paint('bold', place)}${label} ${escapeForTerminal(message)}`;
}

function shorten(value: string): string {
  const [first = '', ...rest] = value.split('\n');
  const cells = toCells(first.slice(0, NEIGHBOURHOOD));
  const cut = first.length > NEIGHBOURHOOD || cells.length > LINE_WIDTH;
  const shown = cells.slice(0, LINE_WIDTH).map((cell) => cell.text);
  return `${shown.join('')}${cut || rest.length > 0 ? '…' : ''}`;
}

function excerpt(source: SourceSpan, paint: Paint): string[] {
  if (source.text.trim() === '') return [];
  const { cells, caret, end, ...cut } = neighbourhood(source);
  const window = chooseWindow(cells, caret, end);
  const head = cut.before || window.from > 0 ? '…' : '';
  const tail = cut.after || window.to < cells.length ? '…' : '';
  const text = cells.slice(window.from, window.to).map((cell) => cell.text);
  const before = head.length + width(cells.slice(window.from, caret));
  const marked = Math.max(1, width(cells.slice(caret, Math.min(window.to, end))));
  return [
    `${INDENT}${`${head}${text.join('')}${tail}`.trimEnd()}`,
    `${INDENT}${' '.repeat(before)}${paint('green', `^${'~'.repeat(marked - 1)}`)}`,
  ];
}

/** The cells near the span, with the indices of the first underlined cell and the one after the last. */
function neighbourhood(source: SourceSpan) {
  const skipped = Math.max(0, source.column - 1 - NEIGHBOURHOOD);
  const near = source.text.slice(skipped, source.column - 1 + NEIGHBOURHOOD);
  const start = source.column - 1 - skipped;
  const cells = toCells(near);
  const first = cells.findIndex((cell) => cell.end > start);
  const caret = first < 0 ? cells.length : first;
  const last = cells.findLastIndex((cell) => cell.start < start + source.length);
  return {
    cells,
    caret,
    end: Math.max(caret, last) + 1,
    before: skipped > 0,
    after: skipped + near.length < source.text.length,
  };
}

interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 offsets in the source line. */
  readonly start: number;
  readonly end: number;
}

function toCells(line: string): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  let column = 0;
  for (const character of line) {
    const text = character === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : escapeCharacter(character);
    const cell = {
      text,
      width: text === character ? cellWidth(character) : text.length,
      start,
      end: start + character.length,
    };
    cells.push(cell);
    start = cell.end;
    column += cell.width;
  }
  return cells;
}

/** Which cells to show, so that the caret and the beginning of what it underlines are in view. */
function chooseWindow(cells: readonly Cell[], caret: number, end: number) {
  if (width(cells) <= LINE_WIDTH) return { from: 0, to: cells.length };
  const lead = Math.max(20, Math.floor((LINE_WIDTH - width(cells.slice(caret, end))) / 2));
  let from = caret;
  for (let room = lead; from > 0 && room > 0; from--) room -= cells[from - 1]?.width ?? 1;
  let to = from;
  // Two cells stay free for an ellipsis on either side.
  for (let room = LINE_WIDTH - 2; to < cells.length && room > 0; to++) room -= cells[to]?.width ?? 1;
  return { from, to };
}

function width(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
