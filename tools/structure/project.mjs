// Rules about the project around the code: documentation of exports, length, dependencies, registries, skips.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lineAt, listFiles } from './source.mjs';

const MAX_LINES = 400;
const EXPORTED =
  /^export (?:default )?(?:async )?(?:abstract )?(?:function\*?|class) (\w+)|^export const (\w+)(?:: [^=]+)? = (?:async )?(?:function|\([^)]*\)(?:: [^=]+)? =>|\w+ =>)/gm;

/** Every exported function and class says what it does, its shapes and what it throws. */
export function checkDocumented(modules) {
  const findings = [];
  for (const module of modules.filter((each) => !each.isTest)) {
    let previous;
    for (const match of module.text.matchAll(EXPORTED)) {
      const name = match[1] ?? match[2];
      const before = module.text.slice(0, match.index).trimEnd();
      // Of overloads, the first carries the comment.
      if (!before.endsWith('*/') && name !== previous) {
        findings.push(`${module.path}:${lineAt(module.text, match.index)}: ${name} is exported without a doc comment`);
      }
      previous = name;
    }
  }
  return findings;
}

/** A file past the limit holds more than one thing. */
export function checkLength(modules) {
  return modules
    .map((module) => ({ path: module.path, lines: module.text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines; split it (limit ${MAX_LINES})`);
}

/** Each runtime dependency has its reason written down. */
export function checkDependencies(root) {
  const { dependencies = {} } = JSON.parse(read(root, 'package.json') || '{}');
  const page = read(root, 'docs/dependencies.md');
  const missing = Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\` |`));
  return missing.map((name) => `docs/dependencies.md: no line says why ${name} is a runtime dependency`);
}

/** A folder of os/ or addons/ that its registry does not import is dead weight. */
export function checkRegistries(root) {
  return ['os', 'addons'].flatMap((room) => {
    const folder = join(root, 'src', room);
    if (!existsSync(folder)) return [];
    const registry = read(root, `src/${room}/registry.ts`);
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'index.ts')))
      .filter((entry) => !registry.includes(`'./${entry.name}/`))
      .map((entry) => `src/${room}/${entry.name}: not listed in src/${room}/registry.ts`);
  });
}

/** `.only` never stays; a skipped test is named, with its reason, in docs/skips.md. */
export function checkSkips(root) {
  const skips = read(root, 'docs/skips.md');
  const tests = ['src', 'test'].flatMap((folder) => listFiles(join(root, folder), (name) => name.endsWith('.test.ts')));
  return tests.flatMap((file) => {
    const path = relative(root, file);
    const text = readFileSync(file, 'utf8');
    const found = [
      ...text.matchAll(
        /\b(?:describe|it|test)(?:\.\w+)*\.(only|skip|skipIf|runIf|todo)\b|\b(?:ctx|context)?\.(skip)\(\)/g,
      ),
    ];
    return found
      .filter((match) => match[1] === 'only' || !skips.includes(`\`${path}\``))
      .map((match) => `${path}:${lineAt(text, match.index)}: .${match[1] ?? match[2]} ${adviceFor(match[1])}`);
  });
}

function adviceFor(modifier) {
  return modifier === 'only' ? 'leaves every other test out; remove it' : 'needs its reason in docs/skips.md';
}

function read(root, path) {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
