import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkError } from '../support/problem.js';
import { makeFolder, removeLeftovers, writeFileAtomically } from './atomic-file.js';

let root: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ironkeel-atomic-'));
  file = join(root, 'file');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('writeFileAtomically', () => {
  it('replaces content and mode, and leaves nothing beside', () => {
    writeFileSync(file, 'old', { mode: 0o600 });
    writeFileAtomically(file, Buffer.from('new'), 0o755, { durable: true });
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(lstatSync(file).mode & 0o777).toBe(0o755);
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('replaces a link, not what it points to', () => {
    writeFileSync(join(root, 'other'), 'other');
    symlinkSync('other', file);
    writeFileAtomically(file, Buffer.from('new'), 0o600);
    expect(readFileSync(join(root, 'other'), 'utf8')).toBe('other');
    expect(lstatSync(file).isSymbolicLink()).toBe(false);
  });

  it('leaves no temporary file where it cannot write, and says what to do', () => {
    mkdirSync(join(file, 'folder'), { recursive: true });
    expect(() => writeFileAtomically(file, Buffer.from('new'), 0o600)).toThrow(WorkError);
    expect(() => writeFileAtomically(join(root, 'none', 'x'), Buffer.from('new'), 0o600)).toThrow();
    expect(readdirSync(root)).toEqual(['file']);
  });

  it('is not fooled by a leftover that others could read', () => {
    const leftover = join(root, '.ironkeel-file.tmp');
    writeFileSync(leftover, 'much longer than the new content');
    chmodSync(leftover, 0o666);
    writeFileAtomically(file, Buffer.from('key'), 0o600);
    expect(readFileSync(file, 'utf8')).toBe('key');
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('makeFolder', () => {
  it('gives the mode to every folder it makes, and leaves those that are there', () => {
    chmodSync(root, 0o755);
    makeFolder(join(root, 'a', 'b'), 0o700);
    expect(lstatSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(root, 'a', 'b')).mode & 0o777).toBe(0o700);
    expect(lstatSync(root).mode & 0o777).toBe(0o755);
  });

  it('names a file in its way', () => {
    writeFileSync(file, '');
    expect(() => makeFolder(join(file, 'a'), 0o700)).toThrow(WorkError);
  });
});

describe('removeLeftovers', () => {
  it('removes what a crash left, and nothing else', () => {
    for (const name of ['.ironkeel-user_data.tmp', 'user_data', '.ironkeel', 'x.tmp'])
      writeFileSync(join(root, name), '');
    expect(removeLeftovers(root)).toEqual(['.ironkeel-user_data.tmp']);
    expect(readdirSync(root).sort()).toEqual(['.ironkeel', 'user_data', 'x.tmp']);
  });
});
