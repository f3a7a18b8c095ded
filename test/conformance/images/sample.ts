import { file } from '../../../src/artifacts/testing/trees.js';
import type { FileEntry } from '../../../src/support/files.js';

/** A tree that every format and reader holds name by name: what a drive has, and what makes an image hard. */
export function sampleTree(): FileEntry[] {
  return [
    file('openstack/latest/user_data', '#cloud-config\n', 0o400),
    file('openstack/latest/meta_data.json', '{"uuid":"1"}\n', 0o400),
    file('README.md', 'read me\n', 0o644),
    file('install.sh', '#!/bin/sh\n', 0o755),
    file('empty', '', 0o600),
    file('empty too', '', 0o644),
    file('large.bin', pattern(5_000_001), 0o644),
    file('exactly.bin', pattern(4096), 0o444),
    file('größe/日本語/Ж.txt', 'scripts\n', 0o644),
    file(`${level(20)}/bottom.txt`, 'deep\n', 0o644),
    file(`${'n'.repeat(99)}.txt`, 'long name\n', 0o644),
    ...Array.from({ length: 400 }, (_, index) => file(`many/file ${index} x${'x'.repeat(index % 80)}`)),
  ];
}

/** Names at the limit of Rock Ridge, and some that Joliet and FAT show differently or not at all. */
export function rockRidgeNames(): FileEntry[] {
  return ['m'.repeat(253), '日'.repeat(84), 'Case', 'case', 'what?', 'a:b', 'dot.', '-dash', '😀 smile'].map((name) =>
    file(`names/${name}`, name, 0o640),
  );
}

/** Names at the limit of VFAT. */
export function vfatNames(): FileEntry[] {
  return ['m'.repeat(255), '日'.repeat(85), 'PROGRA~1', 'program files', '.profile', 'a.b.c'].map((name) =>
    file(`names/${name}`, name),
  );
}

function level(depth: number): string {
  return Array.from({ length: depth }, (_, index) => `level${index}`).join('/');
}

function pattern(length: number): Uint8Array {
  return new Uint8Array(length).map((_, index) => (index * 31) % 251);
}
