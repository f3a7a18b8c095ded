import { describe, expect, it } from 'vitest';
import type { Problem } from './problem.js';
import { formatProblem } from './report.js';

function problem(text: string, column: number, length: number, extra: Partial<Problem> = {}): Problem {
  return {
    severity: 'error',
    code: 'test',
    message: 'it is wrong',
    remedy: 'put it right',
    source: { file: 'cluster.yaml', line: 7, column, length, text },
    ...extra,
  };
}

const plain = { color: false };

describe('formatProblem', () => {
  it('shows place, line, caret, value and remedy', () => {
    expect(formatProblem(problem('  - {name: a}', 12, 1, { value: 'a' }), plain)).toBe(
      [
        'cluster.yaml:7:12: error: it is wrong',
        '      - {name: a}',
        '               ^',
        '  value: a',
        '  remedy: put it right',
      ].join('\n'),
    );
  });

  it('does without a place', () => {
    expect(formatProblem(problem('', 1, 1, { source: undefined, severity: 'warning' }), plain)).toBe(
      'warning: it is wrong\n  remedy: put it right',
    );
  });

  it('keeps the caret under its text behind tabs and wide characters', () => {
    const [, line = '', caret = ''] = formatProblem(problem('\ta: 日本 xyz', 8, 3), plain).split('\n');
    expect(line).toBe('        a: 日本 xyz');
    expect(caret).toBe(`${' '.repeat(4 + 4 + 3 + 4 + 1)}^~~`);
  });

  it('cuts a long line around the caret', () => {
    const text = `${'a'.repeat(5000)} TARGET ${'b'.repeat(5000)}`;
    const [, line = '', caret = ''] = formatProblem(problem(text, 5002, 6, { value: text }), plain).split('\n');
    expect(line.length).toBeLessThanOrEqual(164);
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('~') + 1)).toBe('TARGET');
    expect(line.trim().startsWith('…') && line.endsWith('…')).toBe(true);
  });

  it('keeps the underline of a long value inside the window', () => {
    const lines = formatProblem(problem(`x: ${'v'.repeat(4000)}`, 4, 4000), plain).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(164);
  });

  it('lets no control or bidirectional character of the user through', () => {
    const nasty = 'a\u001b[31m\u0007\u202eb\u009b\u0000';
    const text = formatProblem(
      problem(nasty, 2, 3, {
        value: nasty,
        message: nasty,
        remedy: nasty,
        source: { file: nasty, line: 1, column: 2, length: 1, text: nasty },
      }),
      plain,
    );
    expect(text).not.toMatch(/[^\n\P{C}]/u);
    expect(text).toContain('a\\x1b[31m\\x07\\u202eb\\x9b\\x00');
  });

  it('colours with its own codes alone', () => {
    expect(formatProblem(problem('abc', 2, 1), { color: true })).toContain('\u001b[1;31merror:\u001b[0m');
  });

  it('takes a column past the end of the line', () => {
    expect(formatProblem(problem('abc', 4, 1), plain)).toContain('\n       ^\n');
  });
});
