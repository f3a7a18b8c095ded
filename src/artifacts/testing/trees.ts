import fc from 'fast-check';
import type { FileEntry } from '../../support/files.js';
import { foldCase } from '../utf16.js';

/** A file with text content. */
export function file(path: string, content: string | Uint8Array = path, mode = 0o644): FileEntry {
  return { path, mode, content: typeof content === 'string' ? new TextEncoder().encode(content) : content };
}

/** How names of random trees are made, and when two of them are the same to a reader. */
export interface TreeShape {
  readonly name: fc.Arbitrary<string>;
  readonly fold: (name: string) => string;
}

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ019_-') },
  { weight: 2, arbitrary: fc.constantFrom(...' .~+#äßıЖ日本😀') },
);
const anyName = fc
  .array(character, { minLength: 1, maxLength: 60 })
  .map((characters) => characters.join(''))
  .filter((name) => name !== '.' && name !== '..');

/** Any name a POSIX file system has, as an ISO image holds it. */
export const posixShape: TreeShape = {
  name: fc
    .oneof(
      anyName,
      anyName.map((name) => name.repeat(4)),
    )
    .filter((name) => name !== '....' && Buffer.byteLength(name) <= 253),
  fold: (name) => name,
};

/** Names that FAT holds as they are. */
export const fatShape: TreeShape = {
  name: anyName.map((name) => `x${name}x`).filter((name) => Buffer.byteLength(name) <= 255),
  fold: foldCase,
};

/** Random trees with unique paths, directories and files apart, and contents around the sizes of sectors. */
export function arbitraryTree({ name, fold }: TreeShape): fc.Arbitrary<FileEntry[]> {
  const size = fc.oneof(fc.nat(100), fc.constantFrom(0, 511, 512, 513, 2047, 2048, 2049, 20_000));
  const content = fc.tuple(size, fc.nat(255)).map(([length, byte]) => new Uint8Array(length).fill(byte));
  const entry = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
    mode: fc.constantFrom(0o400, 0o444, 0o600, 0o644, 0o755, 0o4755),
    content,
  });
  return fc.array(entry, { maxLength: 40 }).map((entries) => withoutConflicts(entries, fold));
}

function withoutConflicts(entries: readonly FileEntry[], fold: (name: string) => string): FileEntry[] {
  const kinds = new Map<string, { kind: string; name: string }>();
  return entries.filter(({ path }) => {
    const names = path.split('/');
    const wanted = names.map((_, index) => {
      const kind = index + 1 < names.length ? 'directory' : 'file';
      return { key: fold(names.slice(0, index + 1).join('/')), kind, name: names.slice(0, index + 1).join('/') };
    });
    const fits = wanted.every(({ key, kind, name }) => {
      const present = kinds.get(key);
      return present === undefined || (kind === 'directory' && present.kind === kind && present.name === name);
    });
    if (fits) for (const { key, kind, name } of wanted) kinds.set(key, { kind, name });
    return fits;
  });
}

/** A tree in a form that two readings of it can be compared in, sorted by path. */
export function comparable(nodes: readonly { path: string; content: Uint8Array }[]): [path: string, content: string][] {
  return nodes
    .map(({ path, content }): [string, string] => [path, Buffer.from(content).toString('latin1')])
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
