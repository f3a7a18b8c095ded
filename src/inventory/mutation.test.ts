import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../support/report.js';
import { addMachine, exampleInventory, parseInventory, removeMachine } from './index.js';
import { GUIDE } from './testing/cases.js';
import { testContext } from './testing/context.js';
import { SETTINGS } from './testing/setting-cases.js';

const context = testContext();

/** Every value the files have, for swapping one for another. */
const SCALARS = [...SETTINGS.matchAll(/[A-Za-z0-9./]+/g)].map(([word]) => word);
const NASTY = [
  'null',
  '~',
  '""',
  '[]',
  '{}',
  '1.20',
  '0x10',
  'true',
  '*a',
  '&a x',
  '!!set {}',
  '010.1.2.3',
  '-',
  '- -',
  '? x',
  '|',
  '>',
  '{a: ',
  '<<',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '\u001b[31m',
  '\ud800',
  '\u202e',
  '\ufeff',
  '\t',
  '"\\ud800"',
  '"\\0"',
  '%',
  '@',
  '---',
  '...',
  '#',
  ': ',
  'é',
  '日本',
  '😀',
  '.nan',
  '1e999',
  '2026-01-01',
];

type Mutation = (text: string) => string;

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (text: string, where: number) => Math.floor(where * text.length);

const remove = fc.tuple(position, fc.integer({ min: 1, max: 12 })).map(
  ([where, length]): Mutation =>
    (text) =>
      text.slice(0, at(text, where)) + text.slice(at(text, where) + length),
);
const insert = fc.tuple(position, fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 6, unit: 'binary' }))).map(
  ([where, piece]): Mutation =>
    (text) =>
      text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
);
const flip = fc.tuple(position, fc.integer({ min: 0, max: 7 })).map(
  ([where, bit]): Mutation =>
    (text) => {
      const index = at(text, where);
      return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ (1 << bit)) + text.slice(index + 1);
    },
);
const swapLines = fc.tuple(position, position).map(
  ([one, other]): Mutation =>
    (text) => {
      const lines = text.split('\n');
      const [left, right] = [Math.floor(one * lines.length), Math.floor(other * lines.length)];
      return lines
        .map((line, index) => lines[index === left ? right : index === right ? left : index] ?? line)
        .join('\n');
    },
);
const replaceScalar = fc.tuple(position, fc.constantFrom(...SCALARS, ...NASTY)).map(
  ([where, word]): Mutation =>
    (text) => {
      const words = [...text.matchAll(/[A-Za-z0-9./]+/g)];
      const match = words[Math.floor(where * words.length)];
      return match === undefined ? text : text.slice(0, match.index) + word + text.slice(match.index + match[0].length);
    },
);

const mutated = fc
  .tuple(
    fc.constantFrom(GUIDE, SETTINGS, exampleInventory('guide'), GUIDE.replaceAll('\n', '\r\n')),
    fc.array(fc.oneof(remove, insert, flip, swapLines, replaceScalar), { minLength: 1, maxLength: 5 }),
  )
  .map(([text, mutations]) => mutations.reduce((spoilt, mutate) => mutate(spoilt), text));

function checkResult(text: string) {
  const { cluster, problems } = parseInventory(text, 'cluster.yaml', context);
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const problem of problems) {
    const { source, remedy, message } = problem;
    expect(source?.line).toBeGreaterThanOrEqual(1);
    expect(source?.line).toBeLessThanOrEqual(lines.length);
    const line = lines[(source?.line ?? 0) - 1] ?? '';
    expect(source?.column).toBeGreaterThanOrEqual(1);
    expect(source?.column).toBeLessThanOrEqual(line.length + 1);
    expect(source?.length).toBeGreaterThanOrEqual(1);
    expect(remedy.trim() && message.trim()).not.toBe('');
    // No control, format or half character may reach a terminal.
    expect(formatProblem(problem, { color: false })).not.toMatch(/[^\n\P{C}]/u);
  }
  const failed = problems.some(({ severity }) => severity === 'error');
  expect(cluster === undefined).toBe(failed);
}

describe('a spoilt inventory', () => {
  it('gives a cluster or errors with a place in it and a remedy, whatever was done to it', () => {
    fc.assert(fc.property(mutated, checkResult), { numRuns: 600 });
  });

  it('gives errors for text of any kind', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), checkResult), { numRuns: 150 });
    fc.assert(fc.property(fc.json(), checkResult), { numRuns: 150 });
  });

  it('is edited as a whole or refused', () => {
    const edit = (text: string, change: (text: string) => string) => {
      try {
        return change(text);
      } catch (error) {
        expect((error as Error).name).toBe('InputError');
        return text;
      }
    };
    const check = (text: string) => {
      const added = edit(text, (before) => addMachine(before, 'cluster.yaml', { name: 'new', ip: '10.10.10.77' }));
      if (added === text) return;
      // What was added can be taken away again; a new list stays behind as an empty one.
      const removed = removeMachine(added, 'cluster.yaml', 'new');
      const had = parseInventory(text, 'cluster.yaml', context).cluster !== undefined;
      if (had)
        expect(removed).toBe(
          text.endsWith('\n') || removed === text ? text : `${text}${text.includes('\r\n') ? '\r\n' : '\n'}`,
        );
    };
    fc.assert(fc.property(mutated, check), { numRuns: 200 });
  });
});
