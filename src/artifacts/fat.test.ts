import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTree } from '../support/files.js';
import { InputError } from '../support/problem.js';
import { type FatOptions, fatImage } from './fat.js';
import { FatReader } from './testing/fat-reader.js';
import { arbitraryTree, comparable, fatShape, file } from './testing/trees.js';

const MIB = 1024 * 1024;

function image(tree: FileTree, options: Partial<FatOptions> = {}): Buffer {
  const bytes = fatImage(tree, { label: 'config-2', ...options });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function files(tree: FileTree, options: Partial<FatOptions> = {}) {
  return new FatReader(image(tree, options)).nodes().filter((node) => node.kind === 'file');
}

function problemsOf(tree: FileTree, options: Partial<FatOptions> = {}) {
  try {
    image(tree, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('a FAT image', () => {
  const drive = [file('openstack/latest/user_data', '#cloud-config\n'), file('README', 'read me')];

  test('has the label as given in the boot sector and the root directory', () => {
    const reader = new FatReader(image(drive));
    expect([reader.type, reader.label, reader.bootLabel]).toEqual([16, 'config-2', 'config-2']);
  });

  test('is small by default, yet has room', () => {
    const bytes = image(drive);
    expect(bytes.length).toBeLessThan(2.2 * MIB);
    const large = image([file('large', new Uint8Array(10 * MIB))]);
    expect(large.length).toBeGreaterThan(11 * MIB);
    expect(large.length).toBeLessThan(12 * MIB);
  });

  test('is the same for the same tree, in whichever order, but for the serial number', () => {
    expect(image(drive).equals(image(drive))).toBe(true);
    const serial = (bytes: Buffer) => bytes.readUInt32LE(39);
    expect(serial(image(drive))).not.toBe(serial(image([file('README', 'read this')])));
  });

  test('has the time it is given, and 1980 for what is older', () => {
    const entry = (modified: number) => {
      const bytes = image([file('A')], { modified });
      const root = (1 + 2 * bytes.readUInt16LE(22)) * 512 + 64;
      return [bytes.readUInt16LE(root + 24), bytes.readUInt16LE(root + 22)];
    };
    expect(entry(Date.UTC(2026, 4, 6, 7, 8, 10))).toEqual([(46 << 9) | (5 << 5) | 6, (7 << 11) | (8 << 5) | 5]);
    expect(entry(0)).toEqual([(1 << 5) | 1, 0]);
  });

  test('holds empty files, files of several megabytes and directories beyond one cluster', () => {
    const large = new Uint8Array(5_000_001).map((_, index) => index % 251);
    const many = Array.from({ length: 700 }, (_, index) => file(`many/file number ${index}.txt`));
    const tree = [file('empty', ''), file('large', large), ...many];
    expect(comparable(files(tree))).toEqual(comparable(tree));
  });

  test('enlarges the root directory for many files', () => {
    const tree = Array.from({ length: 700 }, (_, index) => file(`file number ${index}.txt`));
    expect(comparable(files(tree))).toEqual(comparable(tree));
  });

  test('holds long names, names of every script and deep trees', () => {
    const names = [
      'n'.repeat(12),
      'n'.repeat(13),
      'n'.repeat(14),
      'l'.repeat(255),
      '日本語',
      '😀'.repeat(63),
      '日'.repeat(85),
      'Ж.ü',
    ];
    const tree = [...names, Array.from({ length: 25 }, (_, level) => `level${level}`).join('/')].map((path) =>
      file(path),
    );
    expect(comparable(files(tree))).toEqual(comparable(tree));
  });

  test('gives each long name a distinct 8.3 name, and names that are 8.3 their own', () => {
    const names = [
      'program files',
      'PROGRA~1',
      'Program.Notes.text',
      'user_data',
      'README.md',
      '.profile',
      'größe.txt',
    ];
    const aliases = files(names.map((name) => file(name))).map(({ path, alias }) => [path, alias]);
    expect(Object.fromEntries(aliases)).toEqual({
      '.profile': 'PROFIL~1   ',
      'PROGRA~1': 'PROGRA~1   ',
      'Program.Notes.text': 'PROGRA~1TEX',
      'README.md': 'README  MD ',
      'größe.txt': 'GR_SSE~1TXT',
      'program files': 'PROGRA~2   ',
      user_data: 'USER_D~1   ',
    });
  });

  test('keeps thousands of similar names distinct in 8.3', () => {
    const aliases = files(Array.from({ length: 3000 }, (_, index) => file(`similar name ${index}`, ''))).map(
      (node) => node.alias,
    );
    expect(new Set(aliases).size).toBe(3000);
  });

  test('has the size it is asked for, with clusters to match, and becomes FAT32 beyond 512 MiB', () => {
    for (const [size, type] of [
      [4, 16],
      [64, 16],
      [512, 16],
      [513, 32],
    ] as const) {
      const bytes = image(drive, { sizeBytes: size * MIB });
      const reader = new FatReader(bytes);
      expect([bytes.length, reader.type]).toEqual([size * MIB, type]);
      expect(comparable(reader.nodes().filter((node) => node.kind === 'file'))).toEqual(comparable(drive));
    }
  });

  test('counts the free clusters of FAT32 and keeps copies of its first sectors', () => {
    const bytes = image(drive, { sizeBytes: 513 * MIB });
    const used = 5;
    expect(bytes.readUInt32LE(512 + 488)).toBe(new FatReader(bytes).clusters - used);
    expect(bytes.subarray(6 * 512, 8 * 512).equals(bytes.subarray(0, 2 * 512))).toBe(true);
  });

  test('gives random trees back', () => {
    fc.assert(
      fc.property(arbitraryTree(fatShape), (tree) => {
        const read = new FatReader(image(tree)).nodes();
        expect(comparable(read.filter((node) => node.kind === 'file'))).toEqual(comparable(tree));
        const parents = read.map(({ path, alias }) => path.slice(0, path.lastIndexOf('/') + 1) + alias);
        expect(new Set(parents).size).toBe(parents.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('what a FAT image cannot hold', () => {
  test('is refused, every path at once', () => {
    const tree = ['a:b', 'x/what?', 'dot.', 'space ', ' space', 'tab\t', 'n'.repeat(256), '日'.repeat(86)].map((path) =>
      file(path),
    );
    expect(
      problemsOf(tree)
        .map(({ code, value }) => [code, value])
        .sort(),
    ).toEqual([
      ['bad-name', ' space'],
      ['bad-name', 'a:b'],
      ['bad-name', 'dot.'],
      ['bad-name', 'space '],
      ['bad-name', 'tab\t'],
      ['bad-name', 'x/what?'],
      ['name-too-long', 'n'.repeat(256)],
      ['name-too-long', '日'.repeat(86)],
    ]);
  });

  test('includes names that differ in case only', () => {
    const tree = ['Readme', 'README', 'dir/ä', 'DIR/Ä', 'ok/ı', 'ok/I'].map((path) => file(path));
    expect(problemsOf(tree).map(({ code, value }) => [code, value])).toEqual([
      ['duplicate-path', 'Readme'],
      ['duplicate-path', 'dir'],
    ]);
  });

  test('includes more than the size holds, and says what would do', () => {
    const [problem] = problemsOf([file('large', new Uint8Array(5 * MIB))], { sizeBytes: 4 * MIB });
    expect(problem).toMatchObject({ code: 'image-too-small' });
    const bytes = Number(/at least (\d+) bytes/.exec(problem?.remedy ?? '')?.[1]);
    expect(image([file('large', new Uint8Array(5 * MIB))], { sizeBytes: bytes })).toHaveLength(bytes);
    expect(problemsOf([], { sizeBytes: 100_000 })).toMatchObject([{ code: 'image-too-small' }]);
    expect(problemsOf([], { sizeBytes: -1 })).toMatchObject([{ code: 'bad-image-size' }]);
  });

  test('includes a file of 4 GiB', () => {
    const content = { length: 2 ** 32 } as unknown as Uint8Array;
    expect(problemsOf([file('disk.img', content)])).toMatchObject([{ code: 'file-too-large', value: 'disk.img' }]);
  });

  test.each(['', 'twelve-chars', 'a/b', 'a.b', ' x', 'ü'])('includes the label %j', (label) => {
    expect(problemsOf([], { label })).toMatchObject([{ code: 'bad-volume-id', value: label }]);
  });
});
