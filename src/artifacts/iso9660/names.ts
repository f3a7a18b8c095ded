import { distinctForms } from '../distinct.js';
import type { Node } from '../tree.js';
import { foldCase, truncateUtf16 } from '../utf16.js';

/** How one of the two directory hierarchies of an image names its entries. */
export interface NameSpace {
  /** One identifier for each child, distinct, in the order of the children. */
  identifiers(children: readonly Node[]): string[];
  /** What the records of a directory are sorted by, in the order of code units. */
  sortKey(identifier: string): string;
  /** Length of a written identifier in bytes. */
  byteLength(identifier: string): number;
  write(image: Buffer, identifier: string, offset: number): void;
}

/** Level 3 allows 30 characters of name and extension in a file's identifier, 31 in a directory's. */
const FILE_CHARACTERS = 30;
const DIRECTORY_CHARACTERS = 31;
const EXTENSION_CHARACTERS = 8;

/** Joliet says 64 units; every reader takes what fits the record, and 103 is what other writers allow at most. */
const JOLIET_UNITS = 103;

/**
 * The plain ISO 9660 names: upper case, digits and underscore, only seen by readers that know neither Rock Ridge
 * nor Joliet (ECMA-119 7.5, 7.6).
 */
export const isoNames: NameSpace = {
  identifiers(children) {
    const kinds = new Map(children.map((child) => [child.name, child.kind]));
    return distinctForms(
      children.map((child) => child.name),
      (name, number) => (kinds.get(name) === 'directory' ? directoryIdentifier : fileIdentifier)(name, number),
      // A file and a directory must differ by more than the version number.
      (identifier) => identifier.replace(/\.?(;1)?$/, ''),
    );
  },
  // By name, then by extension, each padded with spaces, which come before every allowed character (ECMA-119 9.3).
  sortKey: (identifier) => identifier.replace(/[.;]/g, ' '),
  byteLength: (identifier) => identifier.length,
  write: (image, identifier, offset) => void image.write(identifier, offset, 'latin1'),
};

/** The Joliet names: UCS-2, big-endian, without a version number, told apart without regard to case. */
export const jolietNames: NameSpace = {
  identifiers: (children) =>
    distinctForms(
      children.map((child) => child.name),
      jolietIdentifier,
      foldCase,
    ),
  sortKey: (identifier) => identifier,
  byteLength: (identifier) => identifier.length * 2,
  write: writeUcs2,
};

/** A text as UCS-2 in big-endian order. */
export function writeUcs2(image: Buffer, text: string, offset: number): void {
  image.write(text, offset, 'utf16le');
  image.subarray(offset, offset + text.length * 2).swap16();
}

function fileIdentifier(name: string, number: number): string {
  const [base, extension] = splitExtension(name);
  const tail = mangle(extension).slice(0, EXTENSION_CHARACTERS);
  return `${numbered(mangle(base), number, FILE_CHARACTERS - tail.length)}.${tail};1`;
}

function directoryIdentifier(name: string, number: number): string {
  return numbered(mangle(name), number, DIRECTORY_CHARACTERS);
}

/** A dot that starts or ends the name begins no extension. */
function splitExtension(name: string): [base: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, ''];
}

function mangle(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9_]/gu, '_');
}

function numbered(text: string, number: number, limit: number): string {
  const suffix = number === 0 ? '' : `_${number}`;
  return text.slice(0, limit - suffix.length) + suffix;
}

// Joliet forbids control characters, asterisk, slash, backslash, colon, semicolon and question mark; readers drop a
// final dot, so that is replaced as well.
function jolietIdentifier(name: string, number: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found
  const allowed = name.replace(/[\x00-\x1f*/:;?\\]/g, '_').replace(/\.$/, '_');
  if (number === 0 && allowed.length <= JOLIET_UNITS) return allowed;
  const [base, extension] = splitExtension(allowed);
  const suffix = number === 0 ? '' : `~${number}`;
  const tail = extension === '' ? suffix : `${suffix}.${truncateUtf16(extension, 16)}`;
  return truncateUtf16(base, JOLIET_UNITS - tail.length) + tail;
}
