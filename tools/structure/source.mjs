// Reads the modules of src/ and what each imports. Lines and files are enough for that: the code is formatted
// by biome, so an import starts a line and a block comment does too.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const IMPORT = /^(?:import|export)\s+(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const LAZY_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every .ts file below `folder`, sorted; none when the folder does not exist. */
export function listFiles(folder, wanted = (name) => name.endsWith('.ts')) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The modules of `root`/src with their text, room and imports; tests and their helpers are marked. */
export function readModules(root) {
  return listFiles(join(root, 'src')).map((file) => {
    const path = relative(root, file).split(sep).join('/');
    const text = readFileSync(file, 'utf8');
    const code = blankComments(text);
    return { path, text, code, room: roomOf(path), isTest: isTest(path), imports: findImports(path, code) };
  });
}

/** The room a path of src/ is in: its folder, or the file's own name directly below src/. */
export function roomOf(path) {
  const [, first = ''] = path.split('/');
  return first.replace(/(\.d)?\.ts$/, '');
}

function isTest(path) {
  return path.endsWith('.test.ts') || path.split('/').includes('testing');
}

function findImports(path, code) {
  const found = [];
  for (const pattern of [IMPORT, LAZY_IMPORT]) {
    for (const match of code.matchAll(pattern)) {
      const specifier = match[1];
      const target = specifier.startsWith('.') ? resolve(path, specifier) : undefined;
      const typeOnly = /^(?:import|export)\s+type\s/.test(match[0]);
      found.push({ specifier, target, line: lineAt(code, match.index), typeOnly });
    }
  }
  return found;
}

function resolve(path, specifier) {
  return posix.join(dirname(path), specifier).replace(/\.js$/, '.ts');
}

/** The text with comments replaced by spaces, so that places in it stay where they were. */
export function blankComments(text) {
  const blank = (match) => match.replace(/[^\n]/g, ' ');
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, blank).replace(/(?<=^|\s)\/\/[^\n]*/gm, blank);
}

export function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}
