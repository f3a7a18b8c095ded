import { LineCounter } from 'yaml';
import type { SourceSpan } from '../support/problem.js';
import { maskSecrets } from './mask.js';

/** Characters of a value that are repeated in a problem. */
const VALUE_LENGTH = 200;

/** A text the user wrote, with its lines; offsets in UTF-16 units turn into places with masked secrets. */
export class SourceText {
  readonly lines = new LineCounter();
  readonly #masked: string;

  /** @param text without a byte order mark. */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#masked = maskSecrets(text);
    this.lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lines.addNewLine(at + 1);
  }

  /** The place of `[start, end)`, cut at the end of its first line; at least one character long. */
  span(start: number, end: number): SourceSpan {
    const from = Math.max(0, Math.min(start, this.text.length));
    const { line, col } = this.lines.linePos(from);
    const text = this.#line(line);
    const length = Math.max(1, Math.min(end - from, text.trimEnd().length - (col - 1)));
    return { file: this.file, line, column: col, length, text };
  }

  /** What is written at `[start, end)`, its first line only, secrets masked. */
  excerpt(start: number, end: number): string {
    const [first = ''] = this.#masked.slice(start, Math.min(end, start + VALUE_LENGTH)).split(/\r?\n/, 1);
    return first.trimEnd();
  }

  #line(line: number): string {
    const start = this.lines.lineStarts[line - 1] ?? 0;
    const end = this.lines.lineStarts[line] ?? this.#masked.length + 1;
    return this.#masked.slice(start, end - 1).replace(/\r$/, '');
  }
}
