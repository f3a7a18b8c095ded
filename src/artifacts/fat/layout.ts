import type { Directory, Node } from '../tree.js';
import { chooseGeometry, type Demand, ENTRY, type Geometry, SECTOR } from './geometry.js';

/** UTF-16 code units in each entry of a long name. */
export const UNITS_PER_ENTRY = 13;

/** Clusters in a row; a file without content has none and the first cluster 0. */
export interface Chain {
  readonly first: number;
  readonly length: number;
}

/** Where everything in a volume goes. */
export interface FatLayout {
  readonly geometry: Geometry;
  readonly chains: ReadonlyMap<Node, Chain>;
  /** The first cluster after the last one in use. */
  readonly nextCluster: number;
}

/** Plans a volume: every directory and file in clusters of its own, in a row, in the order of the tree. */
export function planFat(root: Directory, sizeBytes: number | undefined): FatLayout {
  const geometry = chooseGeometry(demandOf(root), sizeBytes);
  const clusterBytes = geometry.sectorsPerCluster * SECTOR;
  const chains = new Map<Node, Chain>();
  let nextCluster = 2;
  for (const node of nodesBelow(root)) {
    const length = node === root && geometry.type === 16 ? 0 : Math.ceil(nodeBytes(node, root) / clusterBytes);
    chains.set(node, { first: length === 0 ? 0 : nextCluster, length });
    nextCluster += length;
  }
  return { geometry, chains, nextCluster };
}

/** How many 32-byte entries the directory has: `.` and `..`, or the label of the root, and its children's. */
export function countEntries(directory: Directory, root: Directory): number {
  const own = directory === root ? 1 : 2;
  return directory.children.reduce((sum, child) => sum + 1 + longEntries(child.name), own);
}

/** How many entries carry a long name. */
export function longEntries(name: string): number {
  return Math.ceil(name.length / UNITS_PER_ENTRY);
}

function demandOf(root: Directory): Demand {
  const sizes = [...nodesBelow(root)].filter((node) => node !== root).map((node) => nodeBytes(node, root));
  const rootBytes = nodeBytes(root, root);
  return {
    rootEntries: rootBytes / ENTRY,
    clusters: (type, clusterBytes) =>
      [...sizes, type === 32 ? rootBytes : 0].reduce((sum, bytes) => sum + Math.ceil(bytes / clusterBytes), 0),
  };
}

function nodeBytes(node: Node, root: Directory): number {
  return node.kind === 'file' ? node.entry.content.length : countEntries(node, root) * ENTRY;
}

function* nodesBelow(directory: Directory): Generator<Node> {
  yield directory;
  for (const child of directory.children) {
    if (child.kind === 'directory') yield* nodesBelow(child);
    else yield child;
  }
}
