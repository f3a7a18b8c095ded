import type { Problem } from '../support/problem.js';
import type { InventoryContext } from './context.js';
import { toCluster } from './convert.js';
import { type Draft, punchHoles } from './draft.js';
import { type Finding, type Path, sortProblems, toProblem } from './finding.js';
import { RULES } from './rules/index.js';
import type { RawCluster } from './schema.js';
import { checkShape } from './schema-findings.js';
import type { Cluster } from './types.js';
import { readYaml, type YamlReading } from './yaml.js';

/** The outcome of reading an inventory: a cluster unless a problem is an error. */
export interface ParsedInventory {
  readonly cluster?: Cluster;
  /** Errors and warnings in the order of the text; each has its place in it. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a cluster.yaml (apiVersion ironkeel.dev/v1alpha1) and finds every problem at once: syntax,
 * then shape, then meaning; rules look at whatever has the right shape. Never throws for any text.
 *
 * @param file the name that problems show.
 */
export function parseInventory(text: string, file: string, context: InventoryContext): ParsedInventory {
  const reading = readYaml(text, file);
  if (reading.value === undefined) return { problems: sortProblems(reading.problems) };
  if (reading.value === null) return { problems: [toProblem(EMPTY, reading.tree)] };
  const { findings, misfits, meant } = checkShape(reading.value, context);
  punchHoles(reading.value, misfits);
  const meaning = misfits.some((path) => path.length === 0)
    ? []
    : checkMeaning(reading, [...misfits, ...meant], context);
  const found = [...findings, ...meaning].map((finding) => toProblem(finding, reading.tree));
  const problems = sortProblems([...reading.problems, ...found]);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  return { cluster: toCluster(reading.value as RawCluster, context), problems };
}

const EMPTY: Finding = {
  code: 'empty',
  path: [],
  message: 'the inventory is empty',
  remedy: 'write one as shown by: ironkeel init --example guide',
};

function checkMeaning({ value, tree }: YamlReading, known: readonly Path[], context: InventoryContext): Finding[] {
  const missing = new Set(known.map((path) => JSON.stringify(path)));
  const input = {
    draft: value as Draft,
    context,
    lineOf: (path: Path) => tree.locate(path, 'value').span.line,
    isMisfit: (path: Path) => missing.size > 0 && missing.has(JSON.stringify(path)),
  };
  return RULES.flatMap((rule) => [...rule(input)]);
}
