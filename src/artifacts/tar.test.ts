import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tarArchive } from './tar.js';
import { readTar } from './testing/tar-reader.js';
import { arbitraryTree, file, posixShape } from './testing/trees.js';

function archive(...parameters: Parameters<typeof tarArchive>): Buffer {
  return Buffer.from(tarArchive(...parameters));
}

describe('a tar archive', () => {
  test('holds files in the order given, with modes, numeric owners and time', () => {
    const entries = [{ ...file('b/key', 'secret', 0o600), uid: 1000, gid: 100 }, file('a', '', 0o755)];
    const members = readTar(archive(entries, { modified: Date.UTC(2026, 0, 2) }));
    const seconds = Date.UTC(2026, 0, 2) / 1000;
    expect(members).toEqual([
      { path: 'b/key', mode: 0o600, uid: 1000, gid: 100, seconds, content: Buffer.from('secret') },
      { path: 'a', mode: 0o755, uid: 0, gid: 0, seconds, content: Buffer.alloc(0) },
    ]);
  });

  test('ends with two zero blocks and is the same every time', () => {
    const bytes = archive([file('a', 'x'.repeat(513))]);
    expect(bytes).toHaveLength(512 + 1024 + 1024);
    expect(bytes.subarray(-1024).every((byte) => byte === 0)).toBe(true);
    expect(archive([file('a', 'x'.repeat(513))]).equals(bytes)).toBe(true);
    expect(archive([])).toHaveLength(1024);
  });

  test.each([
    ['a name of 100 bytes', 'n'.repeat(100), 0],
    ['a name of 101 bytes', 'n'.repeat(101), 1],
    ['a split at the last place', `${'p'.repeat(155)}/${'n'.repeat(100)}`, 0],
    ['a prefix of 156 bytes', `${'p'.repeat(156)}/n`, 1],
    ['a path of many parts', `${'part/'.repeat(50)}end`, 0],
    ['a path of more parts', `${'part/'.repeat(60)}end`, 1],
    ['another script', 'größe', 1],
  ])('holds %s, with a pax header only where ustar cannot', (_, path, paxHeaders) => {
    const bytes = archive([file(path, 'x')]);
    expect(readTar(bytes).map((member) => member.path)).toEqual([path]);
    expect(bytes).toHaveLength(512 + 512 + 1024 + paxHeaders * 1024);
  });

  test('counts the length of a pax record around a change of digits', () => {
    for (let length = 80; length <= 110; length++) {
      const path = `ü${'n'.repeat(length)}`;
      expect(readTar(archive([file(path)])).map((member) => member.path)).toEqual([path]);
    }
  });

  test('refuses unsafe paths, duplicates and owners out of range', () => {
    expect(() => tarArchive([file('../etc/passwd')])).toThrow('"../etc/passwd" has the component ".."');
    expect(() => tarArchive([file('/etc')])).toThrow('"/etc" has an empty component');
    expect(() => tarArchive([file('a'), file('a')])).toThrow('"a" is given twice');
    expect(() => tarArchive([{ ...file('a'), uid: 2 ** 21 }])).toThrow('"a" has the owner or group 2097152');
  });

  test('gives random trees back', () => {
    fc.assert(
      fc.property(arbitraryTree(posixShape), (tree) => {
        const members = readTar(archive(tree));
        expect(members.map(({ path, mode, content }) => [path, mode, content.toString('latin1')])).toEqual(
          tree.map(({ path, mode, content }) => [path, mode, Buffer.from(content).toString('latin1')]),
        );
      }),
      { numRuns: 50 },
    );
  });
});
