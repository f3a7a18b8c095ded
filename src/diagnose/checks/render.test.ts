import { describe, expect, it } from 'vitest';
import { allWell, checkLines, checkSummary, checksJson } from './render.js';
import { fail, pass, skip, warn } from './results.js';

const CHECKS = [
  { ...pass('a', 'fine'), subject: 's' },
  { ...warn('b', 'so so', 'look at it'), subject: 's' },
  { ...skip('c', 'not asked'), subject: 's' },
];
const BAD = [...CHECKS, { ...fail('d', 'broken \x1b[31m', 'mend it'), subject: 's' }];

describe('checks', () => {
  it('are a line each, with what to do', () => {
    expect(checkLines(BAD)).toEqual([
      'ok    s: fine',
      'warn  s: so so',
      '      look at it',
      'skip  s: not asked',
      'FAIL  s: broken \\x1b[31m',
      '      mend it',
    ]);
  });

  it('are counted, and only failures fail', () => {
    expect(checkSummary(CHECKS)).toBe('3 checks: none failed, 1 warning, 1 skipped');
    expect(checkSummary(BAD)).toBe('4 checks: 1 failed, 1 warning, 1 skipped');
    expect(checkSummary(CHECKS.slice(0, 1))).toBe('1 check: none failed');
    expect([allWell(CHECKS), allWell(BAD)]).toEqual([true, false]);
  });

  it('are complete in JSON', () => {
    expect(checksJson(CHECKS)[0]).toEqual({ verdict: 'pass', subject: 's', code: 'a', message: 'fine', remedy: null });
  });
});
