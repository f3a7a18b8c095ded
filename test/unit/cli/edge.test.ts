import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

// What is refused before anybody is asked; test/conformance runs the rest against real servers.
let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  lab.run(['init', '--example', 'guide']);
  const guide = lab.read('cluster.yaml');
  writeFileSync(lab.path('none.yaml'), guide.replace('domains: [{name: example.com}]', ''));
  const kubeconfig = 'current-context: x\n';
  writeFileSync(lab.path('kubeconfig'), kubeconfig);
});
afterAll(() => lab.remove());

describe('ironkeel edge', () => {
  it.each([
    [['check', '-f', 'none.yaml'], 'the inventory lists no domain'],
    [['test', '-f', 'none.yaml'], 'the inventory lists no domain'],
    [['check', '--ca', 'nothing.pem'], 'cannot read nothing.pem'],
    [['check', '--server', 'dns.example'], 'dns.example is no DNS server'],
    [['check'], 'kubeconfig is not a kubeconfig that ironkeel wrote'],
    [['test', '--image', 'Upper/case'], 'Upper/case is no image'],
    [['test', '--timeout', '0s'], '0s is no time'],
    [['tset'], 'test'],
  ])('%j is refused', (words, message) => {
    const { status, stdout, stderr } = lab.run(['edge', ...words]);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([2, '']);
  });
});

describe('ironkeel edge test', () => {
  let fresh: Lab;
  beforeAll(() => {
    fresh = new Lab();
    fresh.run(['init', '--example', 'guide']);
  });
  afterAll(() => fresh.remove());

  it.each([
    [[], 'there is no kubeconfig: nothing was built here yet'],
    [['--host', 'echo.example.org'], 'echo.example.org is no host in one of the domains'],
    [['--host', 'badexample.com'], 'badexample.com is no host in one of the domains'],
    [['--host', '-.example.com'], '-.example.com is no host in one of the domains'],
  ])('%j is refused', (words, message) => {
    const { status, stderr } = fresh.run(['edge', 'test', ...words]);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  it('says to programs too what it would make, and asks nobody', () => {
    expect(fresh.run(['build']).status).toBe(0);
    const { status, stdout } = fresh.run(['edge', 'test', '--dry-run', '--output', 'json']);
    const { host, changes } = JSON.parse(stdout);
    expect([status, host]).toEqual([0, 'echo.example.com']);
    expect(changes).toEqual([
      'apply Namespace ironkeel-edge-test',
      ...['Deployment', 'Service', 'Ingress'].map((kind) => `apply ${kind} echo`),
    ]);
  });

  it('needs an edge whose address is known', () => {
    const text = fresh.read('cluster.yaml').replace('ip: 123.234.234.123, ', '');
    writeFileSync(fresh.path('nowhere.yaml'), `${text}firewall: {enabled: false}\n`);
    const { status, stderr } = fresh.run(['edge', 'test', '-f', 'nowhere.yaml']);
    expect(stderr).toContain('no edge that serves example.com has an address that is known');
    expect(status).toBe(2);
  });
});
