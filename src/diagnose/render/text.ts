import { cellWidth, escapeForTerminal } from '../../support/terminal.js';

/** Rows as columns, the first row the heading. Nothing a machine says reaches the terminal unescaped. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map(escapeForTerminal));
  const count = Math.max(0, ...safe.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...safe.map((row) => width(row[at] ?? ''))));
  return safe.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Cells of the terminal that a text takes. */
export function width(text: string): number {
  return [...text].reduce((cells, character) => cells + cellWidth(character), 0);
}

/** A text as lines of at most `limit` cells, broken at spaces where there are any; later ones indented by two. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (width(longer) <= limit || line.trim() === '') line = longer;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line].map((each) => clip(each, limit));
}

/** A text cut to `limit` cells, an ellipsis where something is missing. */
export function clip(text: string, limit: number): string {
  if (width(text) <= limit) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += cellWidth(character);
    if (used > limit) break;
    kept += character;
  }
  return `${kept}…`;
}
