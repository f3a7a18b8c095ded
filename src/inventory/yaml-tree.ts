import { type Alias, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Locator, Path } from './finding.js';
import type { SourceText } from './source.js';

/** Values that the aliases of an inventory may stand for together: ample for 5,000 machines, far below a bomb. */
const MOST_COPIES = 100_000;
const DEEPEST = 100;

/** Something about the tree that YAML allows and an inventory does not. */
export interface TreeFault {
  readonly kind: 'duplicate-key' | 'unknown-anchor' | 'recursive-alias' | 'anchor-bomb' | 'too-deep' | 'reserved-key';
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Where the first one is, for duplicates. */
  readonly first?: number;
}

/**
 * The composed YAML of an inventory: plain values with aliases written out, and the way back from a path to
 * its text. Aliases are resolved here, in one pass, since the library's own resolution costs a pass each.
 */
export class YamlTree implements Locator {
  readonly faults: TreeFault[] = [];
  readonly #targets = new Map<Alias, Node>();
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  /** Values copied for aliases so far, and how many aliases deep the walk is. */
  #copies = 0;
  #copying = 0;

  constructor(
    readonly source: SourceText,
    readonly root: Node | null,
  ) {
    if (root !== null) this.#resolve(root, 0);
  }

  /** The plain value; undefined when faults make the tree unusable. */
  toValue(): unknown {
    if (this.faults.some(({ kind }) => kind !== 'duplicate-key' && kind !== 'reserved-key')) return undefined;
    this.#copies = 0;
    const value = this.root === null ? null : this.#expand(this.root);
    return this.faults.some(({ kind }) => kind === 'anchor-bomb') ? undefined : value;
  }

  locate(path: Path, at: 'key' | 'value') {
    const { start, end } = this.#range(path, at);
    return { span: this.source.span(start, end), value: this.source.excerpt(start, end) };
  }

  /** First walk, in the order of the text: remembers anchors, binds aliases, finds faults. */
  #resolve(node: Node, depth: number): void {
    if (depth > DEEPEST) {
      this.#fault('too-deep', node, '');
      return;
    }
    if (isAlias(node)) {
      this.#bind(node);
      return;
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    if (isMap(node)) this.#resolveMap(node.items, depth);
    else if (isSeq(node)) for (const item of node.items) this.#resolve(item as Node, depth + 1);
    this.#open.delete(node);
  }

  #resolveMap(items: readonly Pair[], depth: number): void {
    const seen = new Map<string, Node>();
    for (const { key, value } of items) {
      const name = keyName(key);
      const first = seen.get(name);
      if (first !== undefined) this.#fault('duplicate-key', key as Node, name, first.range?.[0]);
      else seen.set(name, key as Node);
      if (name === '__proto__') this.#fault('reserved-key', key as Node, name);
      if (value) this.#resolve(value as Node, depth + 1);
    }
  }

  #bind(alias: Alias): void {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) this.#fault('unknown-anchor', alias, alias.source);
    else if (this.#open.has(target)) this.#fault('recursive-alias', alias, alias.source);
    else this.#targets.set(alias, target);
  }

  /** Second walk: values, every alias a copy. The copies are counted. */
  #expand(node: Node): unknown {
    if (this.#copying > 0 && ++this.#copies > MOST_COPIES) return undefined;
    if (isAlias(node)) return this.#copy(node);
    if (isSeq(node)) return node.items.map((item) => this.#expand(item as Node));
    if (isMap(node)) return Object.fromEntries(this.#entries(node.items));
    return isScalar(node) ? node.value : null;
  }

  #copy(alias: Alias): unknown {
    const target = this.#targets.get(alias);
    if (target === undefined || this.#copies > MOST_COPIES) return undefined;
    this.#copying++;
    const value = this.#expand(target);
    this.#copying--;
    if (this.#copying === 0 && this.#copies > MOST_COPIES) this.#fault('anchor-bomb', alias, alias.source);
    return value;
  }

  *#entries(items: readonly Pair[]): Iterable<[string, unknown]> {
    const seen = new Set<string>();
    for (const { key, value } of items) {
      const name = keyName(key);
      if (seen.has(name) || name === '__proto__') continue;
      seen.add(name);
      yield [name, value ? this.#expand(value as Node) : null];
    }
  }

  /** The text of a path, or of its nearest part that is there. */
  #range(path: Path, at: 'key' | 'value'): { start: number; end: number } {
    let node = this.root;
    let keyNode: Node | undefined;
    for (const step of path) {
      const found = this.#child(node, step);
      if (found === undefined) {
        at = 'value';
        break;
      }
      keyNode = found.key;
      node = found.value;
    }
    const [start = 0, end = 0] = node?.range ?? [];
    const useKey = keyNode !== undefined && (at === 'key' || node === null || start === end || isBlock(node));
    const [keyStart = start, keyEnd = end] = (useKey ? keyNode?.range : undefined) ?? [];
    return useKey ? { start: keyStart, end: keyEnd } : { start, end };
  }

  #child(node: Node | null, step: string | number): { key?: Node; value: Node | null } | undefined {
    const parent = isAlias(node) ? this.#targets.get(node) : node;
    if (isSeq(parent) && typeof step === 'number') {
      const value = parent.items[step] as Node | undefined;
      return value === undefined ? undefined : { value };
    }
    if (!isMap(parent)) return undefined;
    const pair = this.#pairsOf(parent).get(String(step));
    return pair === undefined ? undefined : { key: pair.key as Node, value: (pair.value ?? null) as Node | null };
  }

  /** The pairs of a mapping by name, the first of each; kept, since a mapping may hold thousands of wrong ones. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map([...map.items].reverse().map((pair) => [keyName(pair.key), pair] as const));
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #fault(kind: TreeFault['kind'], node: Node, name: string, first?: number): void {
    const [start = 0, end = start + 1] = node.range ?? [];
    this.faults.push({ kind, start, end, name, ...(first === undefined ? {} : { first }) });
  }
}

/** A mapping or list of several lines: what is wrong with it as a whole is shown at its field's name. */
function isBlock(node: Node): boolean {
  return isCollection(node) && node.flow !== true;
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
