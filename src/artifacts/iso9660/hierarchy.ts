import type { Directory, Node } from '../tree.js';
import type { NameSpace } from './names.js';
import { sectorsFor, withinSector } from './numbers.js';
import { type ContinuationArea, type Role, systemUseSize } from './rock-ridge.js';

/** Bytes of a directory record before its identifier (ECMA-119 9.1). */
export const RECORD_HEAD = 33;
const MAX_RECORD = 254;

/** A directory record, placed. */
export interface PlannedRecord {
  readonly role: Role;
  readonly node: Node;
  /** Of a child; the directory itself and its parent have the one-byte identifiers 0 and 1. */
  readonly identifier: string;
  readonly identifierLength: number;
  /** From the start of the directory. */
  readonly offset: number;
  readonly length: number;
  /** Offset of continued Rock Ridge data in the continuation area. */
  readonly continuation: number | undefined;
}

/** A directory of one hierarchy, placed relative to the first directory. */
export interface PlannedDirectory {
  readonly directory: Directory;
  readonly identifier: string;
  /** Position in the path table, from 1. */
  readonly number: number;
  readonly parentNumber: number;
  /** From the first sector of the hierarchy's directories. */
  readonly sector: number;
  readonly sectors: number;
  readonly records: readonly PlannedRecord[];
}

/** All directories under one volume descriptor, in the order of the path table. */
export interface Hierarchy {
  readonly names: NameSpace;
  readonly directories: readonly PlannedDirectory[];
  readonly sectors: number;
  readonly pathTableLength: number;
}

/**
 * Places every directory and record of a hierarchy. Directories go level by level, as the path table demands
 * (ECMA-119 6.9.1). Depth is not limited to 8 and nothing is relocated: no reader of Rock Ridge or Joliet needs it.
 * @param area takes the Rock Ridge data that does not fit its record; `undefined` for a hierarchy without Rock Ridge
 */
export function planHierarchy(root: Directory, names: NameSpace, area: ContinuationArea | undefined): Hierarchy {
  const directories: PlannedDirectory[] = [];
  const queue = [{ directory: root, identifier: '', parentNumber: 1 }];
  let sector = 0;
  let pathTableLength = 0;
  // The queue grows while it is walked: that makes the order breadth first.
  for (const { directory, identifier, parentNumber } of queue) {
    const number = directories.length + 1;
    const records = planRecords(directory, names, area);
    const last = records.at(-1);
    const sectors = sectorsFor(last === undefined ? 0 : last.offset + last.length);
    directories.push({ directory, identifier, number, parentNumber, sector, sectors, records });
    sector += sectors;
    pathTableLength += pathTableRecordLength(names.byteLength(identifier));
    for (const { role, node, identifier } of records) {
      if (role === 'child' && node.kind === 'directory')
        queue.push({ directory: node, identifier, parentNumber: number });
    }
  }
  return { names, directories, sectors: sector, pathTableLength };
}

/** Length of a record in the path table; the root's identifier is one zero byte (ECMA-119 9.4). */
export function pathTableRecordLength(identifierLength: number): number {
  return even(8 + Math.max(identifierLength, 1));
}

function planRecords(directory: Directory, names: NameSpace, area: ContinuationArea | undefined): PlannedRecord[] {
  const identifiers = names.identifiers(directory.children);
  const children = directory.children
    .map((node, index) => ({ role: 'child' as const, node, identifier: identifiers[index] ?? '' }))
    .map((child) => ({ ...child, key: names.sortKey(child.identifier) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
  const self = directory.parent === directory ? 'root' : 'self';
  const records: PlannedRecord[] = [];
  let end = 0;
  for (const { role, node, identifier } of [
    { role: self, node: directory, identifier: '' } as const,
    { role: 'parent', node: directory, identifier: '' } as const,
    ...children,
  ]) {
    const identifierLength = role === 'child' ? names.byteLength(identifier) : 1;
    const head = even(RECORD_HEAD + identifierLength);
    const use = area && systemUseSize(role, Buffer.byteLength(node.name), MAX_RECORD - head);
    const continuation = use?.continued ? area?.reserve(use.continued) : undefined;
    const length = even(head + (use?.inline ?? 0));
    const offset = withinSector(end, length);
    records.push({ role, node, identifier, identifierLength, offset, length, continuation });
    end = offset + length;
  }
  return records;
}

function even(length: number): number {
  return length + (length % 2);
}
