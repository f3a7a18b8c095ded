import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCutBuild } from './cut-build.js';
import { Lab } from './lab.js';

// As many machines as make the build give the disk a thread of its own.
const MACHINES = 64;

let base: Lab;
let lab: Lab;
let after: Record<string, string>;

beforeAll(() => {
  base = new Lab();
  expect(base.run(['init', '--example', 'guide']).status).toBe(0);
  const machines = Array.from({ length: MACHINES }, (_, at) => {
    const role = at === 0 ? 'controller' : 'worker';
    return `  - {name: m${at}, ip: 10.10.20.${at + 1}, role: ${role}}\n`;
  });
  const head = base.read('cluster.yaml').replace(/^domains:.*$/m, '');
  writeFileSync(
    base.path('cluster.yaml'),
    `${head.slice(0, head.indexOf('\nmachines:'))}\nmachines:\n${machines.join('')}`,
  );
  expect(base.run(['build']).status).toBe(0);

  const whole = base.copy();
  appendFileSync(whole.path('cluster.yaml'), 'ntp: [192.0.2.1]\n');
  expect(whole.run(['build']).status).toBe(0);
  after = whole.contents();
  whole.remove();
});
beforeEach(() => {
  lab = base.copy();
});
afterEach(() => lab.remove());
afterAll(() => base.remove());

describe('a build of many machines', () => {
  it('writes what a build of each machine alone would', () => {
    const contents = lab.contents();
    rmSync(lab.path('inventory/node-m7'), { recursive: true });
    expect(lab.run(['build', 'm7']).status).toBe(0);
    expect(lab.contents()).toEqual(contents);
  });

  it('changes nothing when it is run again', () => {
    const before = lab.snapshot();
    rmSync(lab.path('.ironkeel'), { recursive: true });
    expect(lab.run(['build']).stdout).toContain('nothing changed');
    expect(lab.snapshot()).toEqual(before);
  });

  it.each([
    ['SIGKILL', 301],
    ['SIGINT', 150],
  ])('cut off by %s at step %i leaves whole files, and the next one finishes', (signal, step) => {
    appendFileSync(lab.path('cluster.yaml'), 'ntp: [192.0.2.1]\n');
    // The lock is ahead of the drives, so it may lie between the two.
    expectCutBuild(lab, { signal, step, after, between: ['ironkeel.lock'] }, () => {
      const { machines } = JSON.parse(lab.read('ironkeel.lock')) as {
        machines: Record<string, { generation: number }>;
      };
      for (const { generation } of Object.values(machines)) expect([1, 2]).toContain(generation);
    });
  });

  it('stops at the first file the disk refuses, and says why', () => {
    rmSync(lab.path('inventory'), { recursive: true });
    rmSync(lab.path('.ironkeel'), { recursive: true });
    writeFileSync(lab.path('inventory'), 'in the way');
    const { status, stderr } = lab.run(['build']);
    expect(status).toBe(1);
    expect(stderr).toContain('Move that file away');
    expect(stderr).not.toMatch(/\bat .*\.js:\d/);
    rmSync(lab.path('inventory'));
    expect(lab.run(['build']).status).toBe(0);
    expect(existsSync(lab.path('inventory/node-m63/config.iso'))).toBe(true);
  });
});
