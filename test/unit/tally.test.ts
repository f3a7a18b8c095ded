import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('tally', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ironkeel-tally-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function tally(files: Readonly<Record<string, string>>): { status: number | null; last: string | undefined } {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { status, stdout } = spawnSync(process.execPath, ['tools/tally.mjs', folder], { encoding: 'utf8' });
    return { status, last: stdout.trimEnd().split('\n').at(-1) };
  }

  function report(suite: string, ...statuses: string[]): string {
    const assertionResults = statuses.map((status, index) => ({ status, fullName: `test ${index}` }));
    return JSON.stringify({ testResults: [{ name: 'file', status: suite, assertionResults }] });
  }

  it('adds reports and steps up', () => {
    const files = { 'a.json': report('passed', 'passed', 'pending'), 'steps.tsv': 'passed\tlint\nskipped\tx\n' };
    expect(tally(files)).toEqual({ status: 0, last: '2 passed, 0 failed, 2 skipped' });
  });

  it.each([
    ['a failed test', { 'a.json': report('failed', 'failed') }, '0 passed, 1 failed, 0 skipped'],
    ['a file that does not load', { 'a.json': report('failed', 'passed') }, '1 passed, 1 failed, 0 skipped'],
    ['a failed step', { 'steps.tsv': 'passed\ta\nfailed\tb\n' }, '1 passed, 1 failed, 0 skipped'],
    ['half a report', { 'a.json': '{"testRes', 'steps.tsv': 'passed\ta\n' }, '1 passed, 1 failed, 0 skipped'],
    ['nothing run', {}, '0 passed, 0 failed, 0 skipped'],
  ])('fails for %s', (_name, files, last) => {
    expect(tally(files)).toEqual({ status: 1, last });
  });
});
