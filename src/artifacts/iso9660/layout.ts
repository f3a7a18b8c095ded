import type { Directory, TreeFile } from '../tree.js';
import { type Hierarchy, planHierarchy } from './hierarchy.js';
import { isoNames, jolietNames } from './names.js';
import { sectorsFor } from './numbers.js';
import { ContinuationArea } from './rock-ridge.js';

/** The first 16 sectors belong to the system (ECMA-119 6.2.1), then come three volume descriptors. */
export const FIRST_DESCRIPTOR = 16;
const DESCRIPTORS = 3;

/** A hierarchy with its place in the image; all places are sector numbers. */
export interface Volume {
  readonly hierarchy: Hierarchy;
  readonly littleEndianPathTable: number;
  readonly bigEndianPathTable: number;
  readonly firstDirectory: number;
}

/** Where everything in an image goes. */
export interface Layout {
  readonly primary: Volume;
  readonly joliet: Volume;
  readonly continuationArea: number;
  /** First sector of each file. */
  readonly extents: ReadonlyMap<TreeFile, number>;
  /** Size of the image. */
  readonly sectors: number;
}

/** Plans an image: descriptors, path tables, directories of both hierarchies, then the files, which they share. */
export function planLayout(root: Directory): Layout {
  const area = new ContinuationArea();
  const hierarchies = [planHierarchy(root, isoNames, area), planHierarchy(root, jolietNames, undefined)] as const;
  const cursor = new SectorCursor(FIRST_DESCRIPTOR + DESCRIPTORS);
  const primary = placeVolume(hierarchies[0], cursor);
  const continuationArea = cursor.take(sectorsFor(area.length));
  const joliet = placeVolume(hierarchies[1], cursor);
  const extents = placeFiles(root, cursor);
  return { primary, joliet, continuationArea, extents, sectors: cursor.sector };
}

class SectorCursor {
  constructor(public sector: number) {}

  take(sectors: number): number {
    const first = this.sector;
    this.sector += sectors;
    return first;
  }
}

function placeVolume(hierarchy: Hierarchy, cursor: SectorCursor): Volume {
  const tableSectors = sectorsFor(hierarchy.pathTableLength);
  const littleEndianPathTable = cursor.take(tableSectors);
  const bigEndianPathTable = cursor.take(tableSectors);
  return { hierarchy, littleEndianPathTable, bigEndianPathTable, firstDirectory: cursor.take(hierarchy.sectors) };
}

function placeFiles(root: Directory, cursor: SectorCursor): Map<TreeFile, number> {
  const extents = new Map<TreeFile, number>();
  const empty: TreeFile[] = [];
  const place = (directory: Directory): void => {
    for (const child of directory.children) {
      if (child.kind === 'directory') place(child);
      else if (child.entry.content.length === 0) empty.push(child);
      else extents.set(child, cursor.take(sectorsFor(child.entry.content.length)));
    }
  };
  place(root);
  // Empty files share a sector of their own: at the address of another file, readers would take them for its hard link.
  const none = empty.length > 0 ? cursor.take(1) : 0;
  for (const file of empty) extents.set(file, none);
  return extents;
}
