import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCluster } from '../plan/testing/cluster.js';
import { removeRemains } from './down.js';
import { withLock } from './lock.js';
import { asset, labFolder, runFolder } from './places.js';
import { livingProcess, ownRecord, parseRecord, startOf } from './process-record.js';
import { childrenOf, endTree } from './processes.js';
import { missingPackages, networkRequirements, requireHost, requirePackages, systemPath } from './requirements.js';
import { waitUntil } from './run.js';
import { startService } from './service.js';
import { findLab, findLabs, saveLab } from './state.js';
import { planLab } from './topology.js';
import type { Lab } from './types.js';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ironkeel-lab-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

function lab(id: string): Lab {
  const plan = planLab(testCluster(), id);
  const folder = labFolder(cache, id);
  return { plan, folder, cache, clusterFolder: '/cluster', driver: 'nspawn', provision: 'drive', bundle: '/bundle' };
}

describe('the state of labs', () => {
  it('is found again as it was kept', () => {
    saveLab(lab('b'));
    saveLab(lab('a'));
    expect(findLab(cache, 'b')).toEqual(lab('b'));
    expect(findLabs(cache).map(({ plan }) => plan.clusterId)).toEqual(['a', 'b']);
    expect(findLab(cache, 'c')).toBeUndefined();
  });

  it('of another version, or cut short, is refused', () => {
    saveLab(lab('a'));
    const file = join(labFolder(cache, 'a'), 'lab.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"version": 1', '"version": 2'));
    expect(() => findLab(cache, 'a')).toThrow('another version');
    writeFileSync(file, text.slice(0, 50));
    expect(() => findLab(cache, 'a')).toThrow('not JSON');
  });

  it('leaves nothing where a run was killed before it kept any', async () => {
    mkdirSync(labFolder(cache, 'a'), { recursive: true });
    writeFileSync(join(labFolder(cache, 'a'), '.lab.json.1'), 'half');
    writeFileSync(`${labFolder(cache, 'a')}.lock`, '1 1\n');
    await removeRemains(cache, 'a');
    expect(readdirSync(runFolder(cache))).toEqual([]);
    saveLab(lab('a'));
    await removeRemains(cache, 'a');
    expect(findLab(cache, 'a')).toEqual(lab('a'));
  });

  it('is changed by one process at a time, and a dead one holds nothing', async () => {
    const folder = labFolder(cache, 'a');
    await expect(withLock(folder, () => withLock(folder, async () => 1))).rejects.toThrow('is working on this lab');
    writeFileSync(`${folder}.lock`, `${process.pid} 1\n`);
    await expect(withLock(folder, async () => 2)).resolves.toBe(2);
  });
});

describe('records of processes', () => {
  it('are read, and nothing else is', () => {
    expect(parseRecord('12 345\n')).toEqual({ pid: 12, start: '345' });
    expect(['', '12', '12 x', '12 345 6'].map(parseRecord)).toEqual([undefined, undefined, undefined, undefined]);
    const stat = `7 (a) b (c) S ${Array.from({ length: 40 }, (_, index) => index + 4).join(' ')}`;
    expect(startOf(stat)).toBe('22');
  });

  it('stand for one process, not for the next of its number', () => {
    const record = join(cache, 'record');
    writeFileSync(record, ownRecord());
    expect(livingProcess(record)?.pid).toBe(process.pid);
    writeFileSync(record, `${process.pid} 1\n`);
    expect(livingProcess(record)).toBeUndefined();
  });

  it('are written by the service itself, which ends with what it started', async () => {
    const record = join(cache, 'service.pid');
    startService(record, join(cache, 'log'), ['bash', '-c', 'sleep 1000; true']);
    expect(await waitUntil(20, () => childrenOf(livingProcess(record)?.pid ?? 0).length === 1)).toBe(true);
    const [child = 0] = childrenOf(livingProcess(record)?.pid ?? 0);
    endTree(record);
    expect(await waitUntil(20, () => spawnSync('kill', ['-0', String(child)]).status !== 0)).toBe(true);
    expect(livingProcess(record)).toBeUndefined();
    expect(asset('service.sh')).toMatch(/src\/lab\/assets\/service\.sh$/);
  });
});

describe('what the host needs', () => {
  it('is Linux and root', () => {
    expect(() => requireHost('darwin', 0)).toThrow('runs on Linux');
    expect(() => requireHost('linux', 1000)).toThrow('needs root');
    expect(() => requireHost('linux', 0)).not.toThrow();
  });

  it('is found where `su` leaves root’s folders out of the search path', () => {
    const path = systemPath('/opt/mine::/usr/bin').split(':');
    expect(path.slice(0, 2)).toEqual(['/opt/mine', '/usr/bin']);
    expect(path).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin']));
    expect(new Set(path).size).toBe(path.length);
  });

  it('is named by package, all at once', () => {
    const wanted = [
      { program: 'ironkeel-none', package: 'b' },
      { program: '/nonexistent/program', package: 'a' },
      { program: 'ironkeel-none-either', package: 'b' },
      { program: 'sh', package: 'dash' },
    ];
    expect(missingPackages(wanted, '/bin')).toEqual(['a', 'b']);
    expect(missingPackages(networkRequirements({ translations: [] }), '/nonexistent')).not.toContain('nftables');
    const translated = networkRequirements({ translations: [{ publicAddress: '203.0.113.9', ip: '10.0.0.1' }] });
    expect(translated.map((each) => each.package)).toContain('nftables');
    expect(() => requirePackages(['a', 'b'], false, () => {})).toThrow('a, b');
    expect(() => requirePackages([], false, () => {})).not.toThrow();
  });
});
