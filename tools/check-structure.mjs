// Checks what no compiler does: that the rooms of src/ keep their directions and their promises, and that the
// project's lists are complete. Part of `npm run lint`; `node tools/check-structure.mjs [ROOT]`.
import { checkClock, checkCycles, checkDirections, checkPurity } from './structure/imports.mjs';
import { checkDependencies, checkDocumented, checkLength, checkRegistries, checkSkips } from './structure/project.mjs';
import { readModules } from './structure/source.mjs';

const root = process.argv[2] ?? '.';
const modules = readModules(root);
const findings = [
  ...checkDirections(modules),
  ...checkCycles(modules),
  ...checkPurity(modules),
  ...checkClock(modules),
  ...checkDocumented(modules),
  ...checkLength(modules),
  ...checkDependencies(root),
  ...checkRegistries(root),
  ...checkSkips(root),
];

for (const finding of findings) console.error(finding);
console.log(`structure: ${modules.length} modules, ${findings.length} finding${findings.length === 1 ? '' : 's'}`);
process.exitCode = findings.length > 0 ? 1 : 0;
