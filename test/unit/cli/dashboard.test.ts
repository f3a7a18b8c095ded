import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, type Run } from './lab.js';

// What it does with a cluster is told in test/e2e; here is what it says where there is nothing to open.
describe('ironkeel dashboard', () => {
  let lab: Lab;
  const dashboard = (...args: string[]): Run =>
    lab.run(['dashboard', ...args], { env: { PATH: lab.path('..', 'bin') } });
  beforeAll(() => {
    lab = new Lab();
    // No kubectl there.
    mkdirSync(lab.path('..', 'bin'));
    symlinkSync('/bin/sh', lab.path('..', 'bin', 'sh'));
    expect(lab.run(['init', '--example', 'guide']).status).toBe(0);
  });
  afterAll(() => lab.remove());

  it('says how to get a dashboard', () => {
    const { status, stderr } = dashboard();
    expect([status, stderr]).toEqual([2, expect.stringContaining('addons: {headlamp: true}')]);
  });

  it('wants a cluster that was built, and then kubectl', () => {
    const inventory = lab.path('cluster.yaml');
    writeFileSync(inventory, `${readFileSync(inventory, 'utf8')}addons: {headlamp: true}\n`);
    expect(dashboard()).toMatchObject({ status: 2, stderr: expect.stringContaining('Run `ironkeel build` first') });
    expect(lab.run(['build']).status).toBe(0);
    expect(dashboard()).toMatchObject({ status: 1, stderr: expect.stringContaining('kubectl is not installed') });
  });

  it.each([
    [['--minutes', '5'], 'a whole number from 10 to 1440'],
    [['--port', '80x'], 'a whole number from 1 to 65535'],
    [['--output', 'json'], 'no --output json'],
  ])('refuses %j', (args, reason) => {
    const { status, stdout, stderr } = dashboard(...args);
    expect([status, `${stdout}${stderr}`]).toEqual([2, expect.stringContaining(reason)]);
  });
});
