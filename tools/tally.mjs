// Adds up what several suites found: vitest's JSON reports and a table of steps, in the folder given.
// Prints `N passed, N failed, N skipped` and exits 1 when anything failed or nothing ran.
//   results/*.json     reports of `vitest --reporter=json`
//   results/steps.tsv  lines `passed|failed|skipped<TAB>name`
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'results';
const total = { passed: 0, failed: 0, skipped: 0 };
const OUTCOMES = { passed: 'passed', failed: 'failed' };

for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) addReport(join(folder, name));
addSteps(join(folder, 'steps.tsv'));

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function addReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`failed: ${file} is no report: ${error.message}`);
    total.failed += 1;
    return;
  }
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) count(OUTCOMES[test.status] ?? 'skipped', test.fullName);
    // A file that does not load, or whose hooks fail, may hold no failed test.
    const silent = suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed');
    if (silent) count('failed', suite.name);
  }
}

function addSteps(file) {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const [outcome, name] = line.split('\t');
    count(OUTCOMES[outcome] ?? 'skipped', name);
  }
}

function count(outcome, name) {
  total[outcome] += 1;
  if (outcome !== 'passed') console.error(`${outcome}: ${name}`);
}
