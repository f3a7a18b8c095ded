import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../support/problem.js';
import { loadInventory } from './index.js';
import { GUIDE } from './testing/cases.js';
import { PUBLIC_KEY, testContext } from './testing/context.js';

const { readFile: _unused, ...catalogue } = testContext();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-inventory-'));
  file = join(folder, 'cluster.yaml');
  writeFileSync(join(folder, 'id.pub'), PUBLIC_KEY);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function problemsOf(path = file) {
  const error = await loadInventory(path, catalogue).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).problems;
}

describe('loadInventory', () => {
  it('gives the cluster, the text and the digest of every file that was read', async () => {
    const text = `${GUIDE}  - {name: x, ip: 10.10.10.9, files: [{path: /opt/a, contentFrom: id.pub}]}\n`;
    writeFileSync(file, text);
    const loaded = await loadInventory(file, catalogue);
    expect(loaded.cluster.sshKeys).toEqual([PUBLIC_KEY]);
    expect(loaded.text).toBe(text);
    expect(loaded.inputs).toEqual([
      { path: file, sha256: sha256(text) },
      { path: 'id.pub', sha256: sha256(PUBLIC_KEY) },
    ]);
  });

  it('gives warnings without failing', async () => {
    writeFileSync(file, GUIDE.replace(', role: edge', ''));
    expect((await loadInventory(file, catalogue)).warnings.map(({ code }) => code)).toEqual([
      'domain-without-edge',
      'public-overlay',
    ]);
  });

  it('throws warnings and errors together', async () => {
    writeFileSync(file, GUIDE.replace(', role: edge', '').replace('guide', 'Guide'));
    expect((await problemsOf()).map(({ code }) => code)).toEqual(['bad-name', 'domain-without-edge', 'public-overlay']);
  });

  it('names ironkeel init when there is no inventory', async () => {
    const [problem] = await problemsOf();
    expect(problem).toMatchObject({ code: 'missing-file', remedy: expect.stringContaining('ironkeel init') });
  });

  it.each<readonly [string, string, () => void]>([
    ['a folder', 'is-a-directory', () => mkdirSync(file)],
    ['ten megabytes', 'too-large', () => writeFileSync(file, 'a: b\n'.repeat(2_000_000))],
    ['Latin-1', 'not-utf-8', () => writeFileSync(file, Buffer.from('name: caf\u00e9', 'latin1'))],
    ['a program', 'binary', () => writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 0, 0, 0xff, 0xfe]))],
    ['NULs', 'binary', () => writeFileSync(file, 'name: \0\n')],
    ['nothing', 'empty', () => writeFileSync(file, '')],
    ['a pipe', 'not-a-file', () => void execFileSync('mkfifo', [file])],
  ])('refuses %s', async (_title, code, make) => {
    make();
    expect((await problemsOf()).map((problem) => problem.code)).toEqual([code]);
  });

  it('refuses a path that goes through a file, or holds a NUL', async () => {
    writeFileSync(file, GUIDE);
    expect((await problemsOf(join(file, 'x')))[0]?.code).toBe('missing-file');
    expect((await problemsOf('a\0b'))[0]?.code).toBe('missing-file');
  });

  it('says what is wrong with a key file', async () => {
    rmSync(join(folder, 'id.pub'));
    mkdirSync(join(folder, 'id.pub'));
    writeFileSync(file, GUIDE);
    expect((await problemsOf())[0]).toMatchObject({
      code: 'ssh-key-file',
      message: 'cannot read id.pub: it is a directory',
    });
  });
});
