import { describe, expect, it } from 'vitest';
import type { Problem } from '../support/problem.js';
import { readArguments } from './globals.js';
import { Output } from './output.js';
import { rootHelp } from './root-help.js';
import { SUMMARIES } from './summaries.js';
import { table } from './table.js';

const PROBLEM: Problem = { severity: 'warning', code: 'odd', message: 'it is odd', remedy: 'make it even' };

function capture(options: { json?: boolean; color?: boolean; isTTY?: boolean } = {}) {
  const text = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: options.isTTY ?? false,
    write: (chunk: string) => {
      text[name] += chunk;
    },
  });
  const { json = false, color = false } = options;
  return { text, out: new Output({ stdout: sink('stdout'), stderr: sink('stderr'), json, color }) };
}

describe('Output', () => {
  it('keeps results and problems apart', () => {
    const { text, out } = capture();
    out.line('result');
    out.problem(PROBLEM);
    out.finish(0);
    expect(text.stdout).toBe('result\n');
    expect(text.stderr).toContain('warning: it is odd');
  });

  it('is one document in JSON, and nothing else', () => {
    const { text, out } = capture({ json: true });
    out.line('result');
    out.note('working');
    out.progress('1 of 2');
    out.problem(PROBLEM);
    out.result({ machines: 4 });
    out.finish(1);
    expect(text.stderr).toBe('');
    expect(JSON.parse(text.stdout)).toEqual({ ok: false, exitCode: 1, machines: 4, problems: [PROBLEM] });
  });

  it('shows progress on a terminal only, and wipes it', () => {
    const pipe = capture();
    pipe.out.progress('1 of 2');
    expect(pipe.text.stderr).toBe('');
    const terminal = capture({ isTTY: true });
    terminal.out.progress('1 of 2');
    terminal.out.line('done');
    expect(terminal.text.stderr).toBe('\r1 of 2\u001b[K\r\u001b[K');
  });

  it('colours problems only where it may', () => {
    for (const color of [true, false]) {
      const { text, out } = capture({ color });
      out.problem(PROBLEM);
      expect(text.stderr.includes('\u001b[')).toBe(color);
    }
  });
});

describe('readArguments', () => {
  it('moves global flags behind everything but what `--` protects', () => {
    const { args, own, directory, json } = readArguments(['-C', 'x', 'build', '--output=json', 'a', '--', '-C', 'b']);
    expect(args).toEqual(['build', 'a', '-C', 'x', '--output=json', '--', '-C', 'b']);
    expect(own).toEqual(['build', 'a', '--', '-C', 'b']);
    expect({ directory, json }).toEqual({ directory: 'x', json: true });
  });

  it('takes no flag for a value', () => {
    expect(readArguments(['build', '-f', '--check'])).toMatchObject({
      args: ['build', '--check', '-f'],
      own: ['build', '--check'],
    });
  });
});

it('names every command in the help of the root', () => {
  for (const [name, brief] of Object.entries(SUMMARIES))
    expect(rootHelp()).toMatch(new RegExp(`^  ${name} +${brief}$`, 'm'));
});

it('lets no escape code from a file into a table', () => {
  expect(table([['A'], ['\u001b[31mred']]).join('')).not.toContain('\u001b');
});
