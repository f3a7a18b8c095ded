// Rules about who imports whom: the rooms' directions, no cycles, and nothing impure in the pure rooms.

import { MAY_USE, PACKAGE_READERS, PURE_MODULES, PURE_ROOMS } from './rooms.mjs';
import { lineAt } from './source.mjs';

const KEY_MAKING =
  /\b(randomBytes|randomUUID|randomInt|randomFill\w*|getRandomValues|generateKey\w*|webcrypto|process\.\w+|fetch\()/g;
const CLOCK = /\b(Date\.now\(|new Date\(\s*\)|performance\.now\(|Math\.random\()/g;

/** A room uses only the rooms its row in rooms.mjs names. */
export function checkDirections(modules) {
  const findings = [];
  for (const module of modules.filter((each) => !each.isTest)) {
    const allowed = MAY_USE[module.room];
    if (!allowed) {
      findings.push(`${module.path}: room "${module.room}" is unknown; give it a row in tools/structure/rooms.mjs`);
      continue;
    }
    for (const { target, line } of module.imports) {
      if (target && !target.startsWith('src/')) continue;
      if (target && !mayUse(module.room, allowed, target)) {
        findings.push(`${module.path}:${line}: ${module.room} may not use ${target} (allowed: ${allowed.join(', ')})`);
      }
    }
  }
  return findings;
}

function mayUse(room, allowed, target) {
  const [, targetRoom = ''] = target.replace(/\.ts$/, '').split('/');
  const module = target.replace(/^src\/|\.ts$/g, '');
  return targetRoom === room || allowed.includes(targetRoom) || allowed.includes(module);
}

/** No module reaches itself again through its imports; types alone are gone when the code runs. */
export function checkCycles(modules) {
  const graph = new Map(modules.map((module) => [module.path, module]));
  const state = new Map();
  const findings = [];
  const visit = (path, trail) => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      findings.push(`cycle of imports: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
      return;
    }
    state.set(path, 'open');
    for (const { target, typeOnly } of graph.get(path)?.imports ?? []) {
      if (target && !typeOnly && graph.has(target)) visit(target, [...trail, path]);
    }
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  return findings;
}

/** No file, network, process, clock or randomness where everything is to follow from the arguments. */
export function checkPurity(modules) {
  const findings = [];
  for (const module of modules.filter((each) => !each.isTest && PURE_ROOMS.includes(each.room))) {
    for (const { specifier, line } of module.imports) {
      const allowed = [...PURE_MODULES, ...(PACKAGE_READERS[module.path] ?? [])];
      if (specifier.startsWith('node:') && !allowed.includes(specifier)) {
        findings.push(
          `${module.path}:${line}: ${module.room} is pure and may not import ${specifier}; pass its result in`,
        );
      }
    }
    findings.push(...findText(module, KEY_MAKING, `${module.room} is pure; pass the value in instead of`));
  }
  return findings;
}

/** Only cli/ reads the clock; below it, time is an `Instant` that is passed in. */
export function checkClock(modules) {
  return modules
    .filter((module) => !module.isTest && module.room !== 'cli')
    .flatMap((module) => findText(module, CLOCK, 'take an Instant (or the random value) as an argument instead of'));
}

function findText(module, pattern, advice) {
  return [...module.code.matchAll(pattern)].map(
    (match) => `${module.path}:${lineAt(module.code, match.index)}: ${advice} ${match[0].replace('(', '()')}`,
  );
}
