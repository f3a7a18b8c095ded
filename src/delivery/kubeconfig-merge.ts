import { type Document, isMap, isSeq, parse, parseAllDocuments, type YAMLMap, type YAMLSeq } from 'yaml';
import { inputError } from '../support/problem.js';

/** A kubeconfig as far as merging needs it: three lists of named things (k8s.io/client-go clientcmd/api/v1). */
interface Kubeconfig {
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
  readonly contexts: readonly Named[];
  readonly 'current-context': string;
}

interface Named {
  readonly name: string;
  readonly [member: string]: unknown;
}

const LISTS = ['clusters', 'users', 'contexts'] as const;

export interface MergeOptions {
  /** Where the existing text is from, for messages. */
  readonly file: string;
  /** Replace a cluster of the same name although it is another one. */
  readonly force: boolean;
}

export interface Merged {
  /** Undefined when the existing file says all of it already. */
  readonly text?: string | undefined;
  readonly context: string;
}

/**
 * Merges our kubeconfig into the user's. Entries of the same name are replaced in their place, the others, the
 * comments and the order stay; the current context becomes ours. Pure.
 *
 * @throws InputError when the existing text is no kubeconfig, or holds another cluster of that name.
 */
export function mergeKubeconfig(existing: string | undefined, ours: string, options: MergeOptions): Merged {
  const added = parse(ours) as Kubeconfig;
  const context = added['current-context'];
  if (existing === undefined || existing.trim() === '') return { text: ours, context };
  const document = readKubeconfig(existing, options.file);
  refuseOtherCluster(document, added, options);
  const changes = LISTS.flatMap((list) => added[list].map((entry) => setNamed(document, list, entry)));
  changes.push(setContext(document, context));
  return changes.includes(true) ? { text: format(document, existing), context } : { context };
}

function readKubeconfig(text: string, file: string): Document {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (!Array.isArray(documents) || document === undefined || documents.length > 1)
    throw corrupt(file, 'it is not one YAML document');
  const [error] = document.errors;
  if (error !== undefined) throw corrupt(file, error.message.split('\n')[0] ?? 'it is no YAML');
  if (!isMap(document.contents)) throw corrupt(file, 'it is no mapping');
  for (const list of LISTS) {
    const value = document.get(list);
    if (value !== undefined && !isSeq(value)) throw corrupt(file, `${list} is no list`);
  }
  return document as Document;
}

function corrupt(file: string, why: string) {
  return inputError(
    'corrupt-kubeconfig',
    `${file} is no kubeconfig: ${why}`,
    'Repair it or move it away; it was left as it is',
  );
}

/** The same name on another server and with another CA is somebody else's cluster. */
function refuseOtherCluster(document: Document, added: Kubeconfig, { file, force }: MergeOptions): void {
  if (force) return;
  for (const entry of added.clusters) {
    const present = findNamed(document.get('clusters', true), entry.name)?.toJSON() as Named | undefined;
    const theirs = clusterOf(present);
    const ours = clusterOf(entry);
    if (theirs === undefined || theirs.server === undefined) continue;
    if (theirs.server === ours?.server || theirs['certificate-authority-data'] === ours?.['certificate-authority-data'])
      continue;
    throw inputError(
      'other-cluster',
      `${file} has another cluster named ${entry.name}, at ${theirs.server}`,
      'Rename one of them, or replace it with `ironkeel kubeconfig --merge --force`',
    );
  }
}

function clusterOf(entry: Named | undefined): Record<string, string> | undefined {
  return entry?.cluster as Record<string, string> | undefined;
}

function findNamed(list: unknown, name: string): YAMLMap | undefined {
  if (!isSeq(list)) return undefined;
  return list.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
}

/** Whether anything changed. */
function setNamed(document: Document, list: (typeof LISTS)[number], entry: Named): boolean {
  const present = findNamed(document.get(list, true), entry.name);
  if (present === undefined) {
    const node = document.get(list, true);
    if (isSeq(node)) (node as YAMLSeq).add(document.createNode(entry));
    else document.set(list, document.createNode([entry]));
    // `contexts: []` of a fresh file would stay in brackets, with our entries inside.
    const sequence = document.get(list, true);
    if (isSeq(sequence) && sequence.items.length === 1) sequence.flow = false;
    return true;
  }
  let changed = false;
  for (const [key, value] of Object.entries(entry)) {
    const before = present.get(key, true);
    if (before !== undefined && sameValue(toPlain(present.get(key)), value)) continue;
    present.set(key, document.createNode(value));
    changed = true;
  }
  return changed;
}

function toPlain(value: unknown): unknown {
  return value !== null && typeof value === 'object' && 'toJSON' in value ? (value as YAMLMap).toJSON() : value;
}

/** Equal as data, whatever the order of members. */
function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function setContext(document: Document, context: string): boolean {
  if (document.get('current-context') === context) return false;
  document.set('current-context', context);
  return true;
}

/**
 * In the style of the existing file: kubectl does not indent lists and most editors do, some pad brackets. No line
 * is folded.
 */
function format(document: Document, existing: string): string {
  return document.toString({
    lineWidth: 0,
    indentSeq: !/^- /m.test(existing),
    flowCollectionPadding: /[[{] \S/.test(existing),
  });
}
