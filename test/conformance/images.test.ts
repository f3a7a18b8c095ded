import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fatImage } from '../../src/artifacts/fat.js';
import { isoImage } from '../../src/artifacts/iso.js';
import { arbitraryTree, fatShape, posixShape } from '../../src/artifacts/testing/trees.js';
import { operatingSystems } from '../../src/os/registry.js';
import { fixtureSealed } from '../../src/os/testing/fixture.js';
import type { FileTree } from '../../src/support/files.js';
import { mountInGuest } from './images/guest.js';
import { directoriesOf, listFiles, listFolder, writeFolder } from './images/listing.js';
import { rockRidgeNames, sampleTree, vfatNames } from './images/sample.js';
import { mustRun } from './support/run.js';

const LABEL = 'config-2';
const sample = sampleTree();
let scratch = '';

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ironkeel-images-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function writeIso(name: string, tree: FileTree, volumeId = LABEL): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, isoImage(tree, { volumeId, modified: Date.UTC(2026, 10, 20, 12, 34, 56) }));
  return path;
}

async function writeFat(name: string, tree: FileTree, sizeBytes?: number): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, fatImage(tree, { label: LABEL, sizeBytes }));
  return path;
}

async function emptyFolder(name: string): Promise<string> {
  const folder = join(scratch, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}

async function extractIso(path: string, folder: string, settings: readonly string[] = []): Promise<void> {
  const command = ['-indev', `stdio:${path}`, '-extract', '/', folder];
  await mustRun('xorriso', ['-abort_on', 'WARNING', ...settings, '-osirrox', 'on', ...command]);
}

describe('an ISO image', () => {
  const tree = [...sample, ...rockRidgeNames()];

  test('is extracted by xorriso without a warning, with every name, mode and byte', async () => {
    const folder = await emptyFolder('xorriso');
    await extractIso(await writeIso('sample.iso', tree), folder);
    expect(await listFolder(folder, { modes: true })).toEqual(listFiles(tree, { modes: true }));
    expect((await stat(join(folder, 'openstack/latest'))).mode & 0o7777).toBe(0o500);
    expect((await stat(join(folder, 'many'))).mode & 0o7777).toBe(0o555);
  });

  test('is extracted by xorriso from its Joliet tree alone', async () => {
    const folder = await emptyFolder('joliet');
    await extractIso(await writeIso('joliet.iso', sample), folder, ['-read_fs', 'norock']);
    expect(await listFolder(folder, { modes: false })).toEqual(listFiles(sample, { modes: false }));
  });

  test('shows the same volume id and names to isoinfo, by Rock Ridge and by Joliet', async () => {
    // isoinfo prints Joliet names in 8-bit character sets only.
    const ascii = sample.filter(({ path }) => /^[ -~]*$/.test(path));
    const path = await writeIso('isoinfo.iso', ascii);
    const paths = [...ascii.map((file) => file.path), ...directoriesOf(ascii)].map((name) => `/${name}`).sort();
    for (const reader of ['-R', '-J']) {
      const listing = await mustRun('isoinfo', ['-i', path, reader, '-f']);
      expect(listing.trimEnd().split('\n').sort(), reader).toEqual(paths);
      expect(await mustRun('isoinfo', ['-i', path, reader, '-x', '/README.md'])).toBe('read me\n');
    }
    expect(await mustRun('isoinfo', ['-i', path, '-R', '-l'])).toMatch(/^-r-{8} .* user_data $/m);
    expect(await mustRun('isoinfo', ['-i', path, '-d'])).toMatch(/^Volume id: config-2$/m);
  });

  test.each([LABEL, 'cidata'])('is known to blkid as %s', async (volumeId) => {
    const facts = await mustRun('blkid', ['-p', '-o', 'export', await writeIso('blkid.iso', sample, volumeId)]);
    expect(facts.split('\n')).toEqual(expect.arrayContaining([`LABEL=${volumeId}`, 'TYPE=iso9660']));
  });

  test('gives random trees back through xorriso', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTree(posixShape), async (random) => {
        const folder = await emptyFolder('random');
        await extractIso(await writeIso('random.iso', random), folder);
        expect(await listFolder(folder, { modes: true })).toEqual(listFiles(random, { modes: true }));
      }),
      { numRuns: 25 },
    );
  });

  test.each(operatingSystems.map((system) => [system.name, system] as const))(
    'of %s costs at most a quarter of what genisoimage adds to the content',
    async (_, system) => {
      const drive = system
        .render(fixtureSealed(system))
        .filter(({ path }) => path.startsWith('cloud-config/'))
        .map((file) => ({ ...file, path: file.path.slice('cloud-config/'.length) }));
      // A system without a config drive has nothing to compare; a small tree stands in.
      const content = drive.length > 0 ? drive : sample.slice(0, 4);
      const folder = await emptyFolder('genisoimage');
      await writeFolder(folder, content);
      const theirs = join(scratch, 'theirs.iso');
      await mustRun('genisoimage', ['-quiet', '-R', '-J', '-V', LABEL, '-o', theirs, folder]);
      const bytes = content.reduce((sum, file) => sum + file.content.length, 0);
      const ours = (await stat(await writeIso('ours.iso', content))).size;
      expect((ours - bytes) / ((await stat(theirs)).size - bytes)).toBeLessThanOrEqual(0.25);
    },
  );
});

describe('a FAT image', () => {
  const tree = [...sample, ...vfatNames()];

  test.each([
    ['FAT16', undefined],
    ['FAT32', 520 * 1024 * 1024],
  ])('is clean to fsck.vfat, and mtools copies every name and byte from %s', async (type, sizeBytes) => {
    const path = await writeFat('sample.fat', tree, sizeBytes);
    expect(await mustRun('fsck.vfat', ['-n', '-v', path])).not.toMatch(/differ|invalid|wrong|dirty|bad/i);
    const facts = await mustRun('blkid', ['-p', '-o', 'export', path]);
    expect(facts.split('\n')).toEqual(expect.arrayContaining([`LABEL=${LABEL}`, 'TYPE=vfat', `VERSION=${type}`]));
    const folder = await emptyFolder('mtools');
    await mustRun('mcopy', ['-s', '-Q', '-i', path, '::*', folder]);
    expect(await listFolder(folder, { modes: false })).toEqual(listFiles(tree, { modes: false }));
    expect(await mustRun('mdir', ['-i', path, '::'])).toContain('Volume in drive : is config-2');
  });

  test('of random trees is clean to fsck.vfat', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTree(fatShape), async (random) => {
        await mustRun('fsck.vfat', ['-n', await writeFat('random.fat', random)]);
      }),
      { numRuns: 25 },
    );
  });
});

test('Linux mounts the images and sees every name, mode and byte, by Rock Ridge, by Joliet and as VFAT', async () => {
  const rockRidge = [...sample, ...rockRidgeNames()];
  const vfat = [...sample, ...vfatNames()];
  const drives = [
    await writeIso('guest-rock.iso', rockRidge),
    await writeIso('guest-joliet.iso', sample),
    await writeFat('guest.fat', vfat),
    await writeFat('guest32.fat', vfat, 520 * 1024 * 1024),
  ];
  const [rock, joliet, fat16, fat32] = await mountInGuest(scratch, drives, [
    { drive: 0, type: 'iso9660', options: [], modes: true },
    { drive: 1, type: 'iso9660', options: ['norock', 'iocharset=utf8'], modes: false },
    { drive: 2, type: 'vfat', options: ['utf8'], modes: false },
    { drive: 3, type: 'vfat', options: ['utf8'], modes: false },
  ]);
  for (const [report, tree, modes] of [
    [rock, rockRidge, true],
    [joliet, sample, false],
    [fat16, vfat, false],
    [fat32, vfat, false],
  ] as const) {
    expect(report?.kernelMessages).not.toMatch(/error|corrupt|invalid|unsupported|fail|can't/i);
    expect(report?.files).toEqual(listFiles(tree, { modes }));
    expect(report?.directories).toEqual(directoriesOf(tree));
  }
  expect(rock?.directoryModes).toMatchObject({ openstack: '500', 'openstack/latest': '500', many: '555' });
});
