import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLSeq } from 'yaml';
import { InputError, type Problem } from '../support/problem.js';
import { suggest } from '../support/suggest.js';
import { insertIntoBlock, removeFromBlock } from './edit-block.js';
import { insertIntoFlow, removeFromFlow } from './edit-flow.js';
import { machineFields, type NewMachine } from './example.js';
import { toFlow } from './flow.js';
import { readYaml, type YamlReading } from './yaml.js';

/**
 * The inventory's text with one more machine at the end of the list. Every other byte stays.
 *
 * @throws InputError when the text is no YAML, the name is taken, or the list is not written in this file's own
 * text (an alias).
 */
export function addMachine(text: string, file: string, machine: NewMachine): string {
  const inventory = openInventory(text, file);
  const taken = inventory.names.indexOf(machine.name);
  if (taken >= 0) {
    const remedy = `choose another name, or remove it first: ironkeel machine remove ${machine.name}`;
    throw fail(inventory, 'duplicate-name', `there is a machine "${machine.name}" already`, remedy, taken);
  }
  const edited = insertMachine(inventory, machine);
  return finish(inventory, edited, [...inventory.machines, withoutUndefined(machine)]);
}

/**
 * The inventory's text without one machine. Every other byte stays, comments above the machine too.
 *
 * @throws InputError when the text is no YAML, or no machine has that name.
 */
export function removeMachine(text: string, file: string, name: string): string {
  const inventory = openInventory(text, file);
  const index = inventory.names.indexOf(name);
  if (index < 0 || inventory.list === undefined) {
    const known = inventory.names.filter((one) => one !== undefined);
    const near = suggest(name, known);
    const remedy =
      near === undefined ? `the machines are: ${known.slice(0, 20).join(', ') || 'none'}` : `did you mean "${near}"?`;
    throw fail(inventory, 'unknown-machine', `there is no machine "${name}"`, remedy);
  }
  const remove = inventory.list.flow === true ? removeFromFlow : removeFromBlock;
  const edited = remove(inventory.text, inventory.list, index);
  return finish(inventory, edited, inventory.machines.toSpliced(index, 1));
}

interface OpenInventory {
  readonly file: string;
  readonly mark: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly reading: YamlReading;
  readonly document: Document.Parsed;
  /** The field `machines`, if it is there. */
  readonly pair: Pair | undefined;
  readonly list: YAMLSeq | undefined;
  readonly machines: readonly unknown[];
  readonly names: readonly (string | undefined)[];
}

function openInventory(full: string, file: string): OpenInventory {
  const mark = full.startsWith('\ufeff') ? '\ufeff' : '';
  const text = full.slice(mark.length);
  const reading = readYaml(text, file);
  if (reading.problems.length > 0) throw new InputError(reading.problems);
  const document = parseDocument(text, { keepSourceTokens: true, stringKeys: true, logLevel: 'silent' });
  const root = document.contents as unknown;
  const pair = isMap(root) ? root.items.find(({ key }) => isScalar(key) && key.value === 'machines') : undefined;
  const value = pair?.value;
  const base = { file, mark, text, reading, document, pair };
  if ((root !== null && !isMap(root)) || isAlias(value) || (value && !isSeq(value) && !isNull(value))) {
    throw fail(base, 'not-editable', 'the machines are not written as a list here', 'edit the file by hand');
  }
  const list = isSeq(value) ? value : undefined;
  const machines = (reading.value as { machines?: unknown[] | null } | null)?.machines ?? [];
  return { ...base, list, machines, names: machines.map(nameOf) };
}

function isNull(value: unknown): boolean {
  return isScalar(value) && value.value === null && value.source === '';
}

function nameOf(machine: unknown): string | undefined {
  const name = (machine as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : undefined;
}

function insertMachine({ text, pair, list }: OpenInventory, machine: NewMachine): string {
  const fields = withoutUndefined(machine);
  if (list !== undefined)
    return list.flow === true ? insertIntoFlow(text, list, toFlow(fields)) : insertIntoBlock(text, list, fields);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `  - ${toFlow(fields)}${newline}`;
  if (pair === undefined) return `${endLine(text, newline)}machines:${newline}${line}`;
  // `machines:` without a value: the list begins on the next line.
  const key = isScalar(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
  const end = text.indexOf('\n', key);
  return end < 0 ? `${text}${newline}${line}` : `${text.slice(0, end + 1)}${line}${text.slice(end + 1)}`;
}

function endLine(text: string, newline: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}${newline}`;
}

function withoutUndefined(machine: NewMachine): Record<string, string> {
  const entries = Object.entries(machineFields(machine)).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Hands the edited text out only if it says what it is meant to: the same inventory with these machines. */
function finish(inventory: OpenInventory, edited: string, machines: readonly unknown[]): string {
  const wanted = { ...(inventory.reading.value as object | null), machines };
  const { value, problems } = readYaml(edited, inventory.file);
  if (problems.length === 0 && sameValue(value, wanted)) return inventory.mark + edited;
  const message = 'the list of machines is written in a way that cannot be edited safely';
  throw fail(inventory, 'not-editable', message, 'edit the file by hand');
}

function sameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(sortFields(left)) === JSON.stringify(sortFields(right));
}

function sortFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function fail(
  { reading }: Pick<OpenInventory, 'reading'>,
  code: string,
  message: string,
  remedy: string,
  index?: number,
): InputError {
  const path = index === undefined ? ['machines'] : ['machines', index, 'name'];
  const { span, value } = reading.tree.locate(path, index === undefined ? 'key' : 'value');
  const problem: Problem = {
    severity: 'error',
    code,
    message,
    remedy,
    source: span,
    value: index === undefined ? undefined : value,
  };
  return new InputError([problem]);
}
