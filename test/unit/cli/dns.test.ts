import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  lab.run(['init', '--example', 'guide']);
});
afterAll(() => lab.remove());

/** The guide's inventory with one thing changed. */
function change(from: string, to: string): void {
  const text = lab.read('cluster.yaml');
  expect(text).toContain(from);
  writeFileSync(lab.path('changed.yaml'), text.replace(from, to));
}

describe('ironkeel dns', () => {
  it('prints the guide’s records as a table, a zone and JSON', () => {
    expect(lab.run(['dns']).stdout.split('\n').slice(1, 3)).toEqual([
      'example.com    A     123.234.234.123  example.com  the domain',
      '*.example.com  A     123.234.234.123  example.com  all below it',
    ]);
    expect(lab.run(['dns', '--zone']).stdout).toBe(
      'example.com.    300  IN  A  123.234.234.123\n*.example.com.  300  IN  A  123.234.234.123\n',
    );
    const { records, missing } = JSON.parse(lab.run(['dns', '--output', 'json']).stdout);
    expect(missing).toEqual([]);
    expect(records).toHaveLength(2);
    expect(records[1]).toEqual({
      ...{ name: '*.example.com', type: 'A', address: '123.234.234.123', ttl: 300 },
      ...{ machine: 'example.com', purpose: 'wildcard' },
    });
  });

  it('prints the API’s record for each controller', () => {
    change('name: guide', 'name: guide\nendpoint: api.example.com');
    expect(lab.run(['dns', '-f', 'changed.yaml', '--zone']).stdout).toContain(
      'api.example.com.  300  IN  A  10.10.10.1\n',
    );
  });

  it('names what has no record, and keeps a zone clean of it', () => {
    change('ip: 123.234.234.123, ', '');
    writeFileSync(lab.path('changed.yaml'), `${lab.read('changed.yaml')}firewall: {enabled: false}\n`);
    const { status, stdout, stderr } = lab.run(['dns', '-f', 'changed.yaml', '--zone']);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain('warning: this edge has no known address');
    expect(stderr).toContain('no record for *.example.com at example.com: its address is not known; add ip');
    const json = JSON.parse(lab.run(['dns', '-f', 'changed.yaml', '--output', 'json']).stdout);
    expect(json.missing).toEqual([
      { name: 'example.com', machine: 'example.com' },
      { name: '*.example.com', machine: 'example.com' },
    ]);
  });

  it.each([[['dns']], [['dns', 'check']]])('%j refuses an inventory without names', (words) => {
    change('domains: [{name: example.com}]', '');
    const { status, stderr } = lab.run([...words, '-f', 'changed.yaml']);
    expect(status).toBe(2);
    expect(stderr).toContain('Add one to cluster.yaml, such as domains: [{name: example.com}]');
  });

  it.each(['dns.example.com', '9.9.9.9:0', '9.9.9.9:99999', '::1:53x', ''])(
    'dns check refuses the server %j',
    (server) => {
      const { status, stderr } = lab.run(['dns', 'check', '--server', server]);
      expect(status).toBe(2);
      expect(stderr).toContain('is no DNS server: give its address');
    },
  );
});
