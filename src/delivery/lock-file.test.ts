import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { componentVersions } from '../releases/catalogue.js';
import { type Lock, serialiseLock } from '../releases/lock.js';
import { WorkError } from '../support/problem.js';
import { loadLock, recordBringUp } from './lock-file.js';

const UID = '0d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';
const OTHER = '1d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';
const LOCK: Lock = {
  version: 1,
  clusterId: '6b0e0f2e-3f4e-4b0c-9d39-0a1b2c3d4e5f',
  kubernetes: '1.36.4',
  components: componentVersions('1.36.4'),
  machines: { worker1: { generation: 3, digest: 'a'.repeat(64) } },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('recordBringUp', () => {
  it('adds the cluster to the lock once, and leaves the rest of it', () => {
    writeFileSync(join(folder, 'ironkeel.lock'), serialiseLock(LOCK));
    expect(recordBringUp(folder, UID)).toBe(true);
    expect(loadLock(folder)).toEqual({ ...LOCK, bringUp: { kubeSystemUid: UID } });
    const before = statSync(join(folder, 'ironkeel.lock')).ino;
    expect(recordBringUp(folder, UID)).toBe(false);
    expect(statSync(join(folder, 'ironkeel.lock')).ino).toBe(before);
  });

  it('refuses another cluster than the one recorded, and a folder without a lock', () => {
    expect(() => recordBringUp(folder, UID)).toThrow(WorkError);
    writeFileSync(join(folder, 'ironkeel.lock'), serialiseLock(LOCK));
    recordBringUp(folder, UID);
    const before = readFileSync(join(folder, 'ironkeel.lock'), 'utf8');
    expect(() => recordBringUp(folder, OTHER)).toThrow('this is not the cluster you built');
    expect(readFileSync(join(folder, 'ironkeel.lock'), 'utf8')).toBe(before);
  });

  it('takes another one where the cluster was begun anew', () => {
    writeFileSync(join(folder, 'ironkeel.lock'), serialiseLock(LOCK));
    recordBringUp(folder, UID);
    expect(recordBringUp(folder, OTHER, true)).toBe(true);
    expect(loadLock(folder)?.bringUp).toEqual({ kubeSystemUid: OTHER });
  });
});
