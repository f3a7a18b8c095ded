import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { encodeYaml, encodeYamlDocuments } from './yaml.js';

/** What a parser of each YAML version reads back. */
function readBack(text: string): unknown[] {
  return (['1.1', '1.2'] as const).map((version) => parse(text, { version }));
}

// Texts that parsers are known to take for something else, and pieces that break layouts.
const TRICKY = [
  ...[
    'on',
    'Off',
    'yes',
    'NO',
    'y',
    'N',
    'true',
    'null',
    'Null',
    '~',
    '',
    '=',
    '<<',
    '-',
    '?',
    ':',
    '---',
    '...',
    '%TAG',
  ],
  ...[
    '0o17',
    '017',
    '0x1f',
    '0b11',
    '1_000',
    '12:34:56',
    '190:20:30.15',
    '1e3',
    'e0',
    'E+12345678',
    '.5',
    '.inf',
    '-.INF',
    '.nan',
    '2026-11-01',
  ],
  ...[
    '# no comment',
    'a #b',
    'a: b',
    'a:',
    ': a',
    ' a',
    'a ',
    'a  b',
    '- a',
    '[a',
    '{a',
    '!a',
    '&a',
    '*a',
    '|',
    '>',
    "'a",
    '"a',
  ],
  ...[
    'a\n',
    'a',
    'a\n\n',
    '\na',
    '\n',
    'a\n b\n',
    ' a\nb',
    'a\nb',
    'a \nb',
    'a\n\t\nb',
    'a\r\nb',
    'a\u0085b\nc',
    'a\u2028b\n',
  ],
  ...[
    '\ufeffa',
    '\u0000',
    '\u007f',
    'ünïcode',
    '😀\n',
    '--flag',
    '--',
    '--- a',
    'a\n--- b\n',
    'a\n... \n',
    '#!/bin/sh\nset -e\n',
  ],
];

const scalar = fc.oneof(
  fc.constantFrom(...TRICKY),
  fc.array(fc.constantFrom(...TRICKY, ' ', '\n', 'word'), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(fc.constantFrom(...TRICKY.filter((text) => text !== '<<')), fc.string({ maxLength: 20 }));
const { tree } = fc.letrec<{ tree: never }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ) as fc.Arbitrary<never>,
}));

describe('encodeYaml', () => {
  it('is read back as the same value by YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(tree, (value) => {
        for (const seen of readBack(encodeYaml(value))) expect(seen).toEqual(value);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(TRICKY)('keeps %j a text, as a value, an item and a key', (text) => {
    const value = { [text === '<<' ? 'merge' : text]: [text, { nested: text }] };
    for (const seen of readBack(encodeYaml(value))) expect(seen).toEqual(value);
  });

  it('writes block style with the keys in insertion order', () => {
    const value = {
      b: 1,
      a: { d: ['x', { y2: 'v', z: [] }, ['m']], c: {} },
      script: '#!/bin/sh\n\necho\n',
      gone: undefined,
    };
    expect(encodeYaml(value)).toBe(
      'b: 1\na:\n  d:\n    - x\n    - y2: v\n      z: []\n    - - m\n  c: {}\nscript: |\n  #!/bin/sh\n\n  echo\n',
    );
  });

  it('quotes what YAML 1.1 would not take for a string', () => {
    expect(encodeYaml({ on: 'yes', mode: '0600', time: '12:34', name: 'a.b/c:d --e' })).toBe(
      '"on": "yes"\nmode: "0600"\ntime: "12:34"\nname: a.b/c:d --e\n',
    );
  });

  it('refuses what YAML cannot hold', () => {
    expect(() => encodeYaml({ a: Number.NaN })).toThrow(TypeError);
    expect(() => encodeYaml([undefined as never])).toThrow(TypeError);
    expect(() => encodeYaml({ a: (() => 0) as never })).toThrow(TypeError);
    expect(() => encodeYaml({ ['k'.repeat(1001)]: 1 })).toThrow(TypeError);
  });
});

describe('encodeYamlDocuments', () => {
  it('separates documents, also behind a text that keeps its line feeds', () => {
    const values = [{ a: 'x\n\n\n' }, ['b'], 'c\nd\n'];
    const read = parseAllDocuments(encodeYamlDocuments(values)).map((document) => document.toJS());
    expect(read).toEqual(values);
  });
});
