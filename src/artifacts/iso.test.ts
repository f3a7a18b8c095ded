import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTree } from '../support/files.js';
import { InputError } from '../support/problem.js';
import { isoImage } from './iso.js';
import { IsoReader } from './testing/iso-reader.js';
import { arbitraryTree, comparable, file, posixShape } from './testing/trees.js';

const options = { volumeId: 'config-2' };

function image(tree: FileTree, modified?: number): Buffer {
  const bytes = isoImage(tree, { ...options, modified });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function files(tree: FileTree, kind: 'rock-ridge' | 'joliet' | 'plain') {
  return new IsoReader(image(tree), kind).nodes().filter((node) => node.kind === 'file');
}

function problemsOf(tree: FileTree, volumeId = 'config-2') {
  try {
    isoImage(tree, { volumeId });
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('an ISO image', () => {
  const drive = [file('openstack/latest/user_data', '#cloud-config\n', 0o400), file('README', 'read me', 0o644)];

  test('has the volume id as given in both descriptors', () => {
    for (const kind of ['plain', 'joliet'] as const) {
      expect(new IsoReader(image(drive), kind).volumeId).toBe('config-2');
    }
  });

  test('starts with an empty system area and ends with its last sector', () => {
    const bytes = image(drive);
    expect(bytes.subarray(0, 16 * 2048).every((byte) => byte === 0)).toBe(true);
    expect(bytes.readUInt32LE(16 * 2048 + 80) * 2048).toBe(bytes.length);
    expect(bytes.toString('latin1', 18 * 2048, 18 * 2048 + 6)).toBe('\xffCD001');
  });

  test('carries the modes of files, and closes directories that hold private files only', () => {
    const modes = new IsoReader(image(drive), 'rock-ridge').nodes().map(({ path, mode }) => [path, mode?.toString(8)]);
    expect(modes).toEqual([
      ['openstack', '40500'],
      ['openstack/latest', '40500'],
      ['openstack/latest/user_data', '100400'],
      ['README', '100644'],
    ]);
  });

  test('counts the links of directories', () => {
    const nodes = new IsoReader(image([file('a/b/x'), file('a/c/x')]), 'rock-ridge').nodes();
    expect(nodes.map(({ path, links }) => [path, links])).toEqual([
      ['a', 4],
      ['a/b', 2],
      ['a/b/x', 1],
      ['a/c', 2],
      ['a/c/x', 1],
    ]);
  });

  test('is the same for the same tree, in whichever order, and has the time it is given', () => {
    expect(image([...drive].reverse()).equals(image(drive))).toBe(true);
    const dated = image(drive, Date.UTC(2026, 4, 6, 7, 8, 9));
    expect(dated.toString('latin1', 16 * 2048 + 813, 16 * 2048 + 829)).toBe('2026050607080900');
    expect([...dated.subarray(16 * 2048 + 156 + 18, 16 * 2048 + 156 + 25)]).toEqual([126, 5, 6, 7, 8, 9, 0]);
  });

  test('holds directories beyond one sector, every record within one', () => {
    const tree = Array.from({ length: 500 }, (_, index) => file(`many/${index}-${'n'.repeat(index % 200)}`));
    for (const kind of ['rock-ridge', 'joliet'] as const) expect(files(tree, kind)).toHaveLength(500);
    expect(comparable(files(tree, 'rock-ridge'))).toEqual(comparable(tree));
  });

  test('holds names up to 253 bytes, of which long ones continue elsewhere', () => {
    const tree = [100, 120, 180, 249, 250, 251, 252, 253].map((length) => file('n'.repeat(length)));
    const wide = [file('日'.repeat(84)), file('😀'.repeat(63))];
    expect(comparable(files([...tree, ...wide], 'rock-ridge'))).toEqual(comparable([...tree, ...wide]));
  });

  test('holds trees deeper than eight levels without moving anything', () => {
    const path = Array.from({ length: 30 }, (_, level) => `level${level}`).join('/');
    for (const kind of ['rock-ridge', 'joliet'] as const) {
      expect(files([file(path, 'deep')], kind).map((node) => node.path)).toEqual([path]);
    }
  });

  test('holds empty files apart from others, and files of several megabytes', () => {
    const large = new Uint8Array(5_000_001).map((_, index) => index % 251);
    const tree = [file('empty', ''), file('empty2', ''), file('large', large), file('small', 'x')];
    const read = files(tree, 'joliet');
    expect(comparable(read)).toEqual(comparable(tree));
    const [empty, , largeNode, small] = read;
    expect(new Set([empty?.sector, largeNode?.sector, small?.sector]).size).toBe(3);
  });

  test('keeps Joliet names distinct without regard to case and free of forbidden characters', () => {
    const names = ['a', 'A', 'what?', 'what*', 'dot.', `${'x'.repeat(120)}.txt`, `${'x'.repeat(121)}.txt`, 'ä', 'Ä'];
    const read = files(
      names.map((name) => file(name)),
      'joliet',
    ).map(({ path, content }) => [content.toString(), path]);
    expect(Object.fromEntries(read)).toEqual({
      A: 'A',
      a: 'a~1',
      'what*': 'what_',
      'what?': 'what_~1',
      'dot.': 'dot_',
      [`${'x'.repeat(120)}.txt`]: `${'x'.repeat(99)}.txt`,
      [`${'x'.repeat(121)}.txt`]: `${'x'.repeat(97)}~1.txt`,
      Ä: 'Ä',
      ä: 'ä~1',
    });
  });

  test('keeps plain names within level 3, distinct and sorted', () => {
    const names = [
      'read.me',
      'READ.ME',
      'x'.repeat(99),
      'x'.repeat(98),
      '日本',
      '中国',
      'AB',
      'AB.X',
      '.profile',
      'AB1',
    ];
    const identifiers = files(
      names.map((name) => file(name)),
      'plain',
    ).map((node) => node.identifier);
    expect(identifiers).toEqual([
      'AB.;1',
      'AB.X;1',
      'AB1.;1',
      'READ.ME;1',
      'READ_1.ME;1',
      `${'X'.repeat(30)}.;1`,
      `${'X'.repeat(28)}_1.;1`,
      '_PROFILE.;1',
      '__.;1',
      '___1.;1',
    ]);
  });

  test('lists its directories in the path tables, level by level, parents first', () => {
    const tree = ['b/d/x', 'a/z/x', 'a/c/x'].map((path) => file(path));
    const rows = new IsoReader(image(tree), 'plain').pathTable();
    expect(rows.map(({ identifier, parent }) => [identifier, parent])).toEqual([
      ['\0', 1],
      ['A', 1],
      ['B', 1],
      ['C', 2],
      ['Z', 2],
      ['D', 3],
    ]);
  });

  test('gives random trees back: names, modes and contents', () => {
    fc.assert(
      fc.property(arbitraryTree(posixShape), (tree) => {
        const bytes = image(tree);
        const read = new IsoReader(bytes, 'rock-ridge').nodes().filter((node) => node.kind === 'file');
        expect(comparable(read)).toEqual(comparable(tree));
        const modes = new Map(tree.map(({ path, mode }) => [path, mode | 0o100000]));
        for (const node of read) expect(node.mode).toBe(modes.get(node.path));
        for (const kind of ['joliet', 'plain'] as const) {
          const nodes = new IsoReader(bytes, kind).nodes();
          expect(new Set(nodes.map((node) => node.path.toLowerCase())).size).toBe(nodes.length);
          const contents = nodes.filter((node) => node.kind === 'file').map((node) => node.content.toString('latin1'));
          expect(contents.sort()).toEqual(tree.map(({ content }) => Buffer.from(content).toString('latin1')).sort());
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an ISO image cannot hold', () => {
  test('is refused, every path at once, with the remedy', () => {
    const paths = [
      '/absolute',
      'a//b',
      'end/',
      '.',
      'a/../b',
      'nul\0',
      'lone\ud800',
      '',
      'twice',
      'twice',
      'n'.repeat(254),
    ];
    const problems = problemsOf(paths.map((path) => file(path)));
    expect(problems.map(({ code, value }) => [code, value])).toEqual([
      ...paths.slice(0, 8).map((path) => ['bad-path', path]),
      ['duplicate-path', 'twice'],
      ['name-too-long', 'n'.repeat(254)],
    ]);
    for (const { message, remedy, value } of problems) {
      expect(message).toContain(JSON.stringify(value));
      expect(remedy).not.toBe('');
    }
  });

  test('includes a file that is a directory as well, in either order', () => {
    for (const tree of [
      ['a', 'a/b'],
      ['a/b', 'a'],
    ]) {
      expect(problemsOf(tree.map((path) => file(path)))).toMatchObject([{ code: 'file-as-directory', value: 'a' }]);
    }
  });

  test('includes a path that Linux could not open', () => {
    expect(problemsOf([file(`${'d/'.repeat(2047)}f`)])).toEqual([]);
    expect(problemsOf([file(`${'d/'.repeat(50_000)}f`)])).toMatchObject([{ code: 'path-too-long' }]);
  });

  test('includes a file of 4 GiB', () => {
    const content = { length: 2 ** 32 } as unknown as Uint8Array;
    expect(problemsOf([file('disk.img', content)])).toMatchObject([{ code: 'file-too-large', value: 'disk.img' }]);
  });

  test('includes more directories than a path table can number', () => {
    const tree = Array.from({ length: 65_535 }, (_, index) => file(`${index}/x`, ''));
    expect(problemsOf(tree)).toMatchObject([{ code: 'too-many-directories' }]);
  });

  test.each(['', 'seventeen-letters', ' space', 'space ', 'ünï', 'a\nb'])('includes the volume id %j', (volumeId) => {
    expect(problemsOf([], volumeId)).toMatchObject([{ code: 'bad-volume-id', value: volumeId }]);
  });
});
