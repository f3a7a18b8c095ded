import type { Problem } from '../../support/problem.js';
import { distinctForms } from '../distinct.js';
import { type Directory, type Node, pathProblem } from '../tree.js';
import { foldCase } from '../utf16.js';

/**
 * A long name has at most 255 UTF-16 code units, and as UTF-8 it must not be longer than a name of Linux, where
 * programs that copy longer ones from a FAT volume crash.
 */
const MAX_BYTES = 255;

/** What an 8.3 name may hold besides letters and digits, as the inside of a character class. */
const SHORT_CHARACTERS = "A-Z0-9!#$%&'()\\-@^_`{}~";
const SHORT_NAME = new RegExp(`^[${SHORT_CHARACTERS}]{1,8}(\\.[${SHORT_CHARACTERS}]{1,3})?$`, 'i');
const NOT_SHORT = new RegExp(`[^${SHORT_CHARACTERS}]`, 'gu');

/** Refuses a name that VFAT cannot hold, or that readers of it would change. */
export function checkName(node: Node): Problem | undefined {
  const { name, path } = node;
  const refuse = (message: string, remedy = 'rename it, or make an ISO image') =>
    pathProblem('bad-name', path, message, remedy);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found
  const [forbidden] = /[\x00-\x1f\x7f"*:<>?\\|]/.exec(name) ?? [];
  if (forbidden !== undefined) return refuse(`has ${JSON.stringify(forbidden)} in its name, which FAT forbids`);
  if (/[. ]$/.test(name)) return refuse('ends with a dot or a space, which readers of FAT drop');
  if (name.startsWith(' ')) return refuse('starts with a space, which readers of FAT drop');
  const bytes = Buffer.byteLength(name);
  if (bytes <= MAX_BYTES) return undefined;
  const message = `has a name of ${bytes} bytes, and a FAT image holds at most ${MAX_BYTES}`;
  return pathProblem('name-too-long', path, message, 'shorten the name');
}

/** Names in one directory that differ in nothing but case, which FAT takes for the same. */
export function caseProblems(directory: Directory): Problem[] {
  const seen = new Map<string, Node>();
  return directory.children.flatMap((child) => {
    const key = foldCase(child.name);
    const other = seen.get(key);
    seen.set(key, child);
    const within = child.kind === 'directory' ? caseProblems(child) : [];
    if (other === undefined) return within;
    const message = `differs from ${JSON.stringify(other.path)} in upper and lower case only, and FAT holds one of them`;
    return [
      pathProblem('duplicate-path', child.path, message, 'rename one of the two, or make an ISO image'),
      ...within,
    ];
  });
}

/** The 8.3 names beside the long ones, as the 11 characters that are written, distinct in their directory. */
export function shortNames(names: readonly string[]): string[] {
  return distinctForms(names, alias, (name) => name.toUpperCase()).map(padAlias);
}

/** The sum by which a long name is tied to its 8.3 name. */
export function shortNameChecksum(shortName: string): number {
  let sum = 0;
  for (let index = 0; index < 11; index++) {
    sum = (((sum & 1) << 7) + (sum >> 1) + shortName.charCodeAt(index)) & 0xff;
  }
  return sum;
}

function alias(name: string, number: number): string {
  if (number === 0 && SHORT_NAME.test(name)) return name.toUpperCase();
  const dot = name.lastIndexOf('.');
  const [base, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, ''];
  const suffix = `~${Math.max(number, 1)}`;
  const start = reduce(base).slice(0, 8 - suffix.length);
  const end = reduce(extension).slice(0, 3);
  return start + suffix + (end === '' ? '' : `.${end}`);
}

function reduce(text: string): string {
  return text.toUpperCase().replace(/[ .]/g, '').replace(NOT_SHORT, '_');
}

function padAlias(name: string): string {
  const [base = '', extension = ''] = name.split('.');
  return base.padEnd(8) + extension.padEnd(3);
}
