import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from '../unit/cli/lab.js';
import { DnsServer } from './outside/dns-server.js';
import { freePort } from './status/ssh-server.js';

const EDGES = `  - {name: e1, ip: 203.0.113.1, role: edge}
  - {name: e2, ip: 203.0.113.2, role: edge}
`;
const APEX = ['--host-record=example.com,203.0.113.1', '--host-record=example.com,203.0.113.2'];
const BELOW = ['--address=/example.com/203.0.113.1', '--address=/example.com/203.0.113.2'];
const API = '--host-record=api.example.org,10.10.10.1';

// What the command makes of the answers of a real DNS server.
describe('ironkeel dns check', () => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab();
    lab.run(['init', '--example', 'guide']);
    const guide = lab.read('cluster.yaml').replace(/ {2}- \{name: example.com.*\n/, EDGES);
    writeFileSync(lab.path('cluster.yaml'), guide.replace('name: guide', 'name: guide\nendpoint: api.example.org'));
  });
  afterAll(() => lab.remove());

  async function check(records: readonly string[]): Promise<{ status: number | null; found: string[] }> {
    const server = await DnsServer.start(records);
    try {
      const { status, stdout } = lab.run(['dns', 'check', '--server', server.address, '--output', 'json']);
      const { checks } = JSON.parse(stdout) as { checks: { subject: string; code: string }[] };
      return { status, found: checks.map(({ subject, code }) => `${subject} ${code}`) };
    } finally {
      server.stop();
    }
  }

  const RIGHT = ['example.com dns-right', '*.example.com dns-right', 'api.example.org dns-right'];
  const except = (at: number, ...codes: string[]) => RIGHT.flatMap((line, index) => (index === at ? codes : [line]));

  test('finds everything right', async () => {
    expect(await check([...BELOW, API])).toEqual({ status: 0, found: RIGHT });
  });

  test.each<[string, string[], string[]]>([
    ['no wildcard', [...APEX, API], except(1, '*.example.com dns-no-name')],
    ['no endpoint', BELOW, except(2, 'api.example.org dns-no-name')],
    ['an edge that is missing', [...APEX, ...BELOW.slice(1), API], except(1, '*.example.com dns-missing')],
    [
      'an address that is none of ours',
      [...APEX, '--host-record=example.com,198.51.100.1', ...BELOW, API],
      except(0, 'example.com dns-extra'),
    ],
    ['the wrong address', [...BELOW, API.replace('10.10.10.1', '10.10.10.9')], except(2, 'api.example.org dns-wrong')],
    [
      'a domain that is an alias',
      ['--cname=example.com,web.example.org', '--host-record=web.example.org,203.0.113.1,203.0.113.2', ...BELOW, API],
      except(0, 'example.com dns-missing', 'example.com dns-alias'),
    ],
    [
      'an endpoint that is an alias of the right one',
      [...BELOW, '--cname=api.example.org,c1.example.org', '--host-record=c1.example.org,10.10.10.1'],
      [...RIGHT, 'api.example.org dns-alias'],
    ],
    [
      'an IPv6 address',
      [...BELOW, '--host-record=api.example.org,10.10.10.1,2001:db8::1'],
      except(2, 'api.example.org dns-ipv6'),
    ],
    [
      'a name without an address',
      [...BELOW, '--txt-record=api.example.org,x'],
      except(2, 'api.example.org dns-no-record'),
    ],
  ])('names %s', async (_, records, found) => {
    const status = found.some((line) => !/dns-right|api.example.org dns-alias/.test(line)) ? 1 : 0;
    expect(await check(records)).toEqual({ status, found });
  });

  test('tells a server that is not there from a name that is not', async () => {
    const { status, stdout } = lab.run(['dns', 'check', '--server', `127.0.0.1:${await freePort()}`]);
    expect(status).toBe(1);
    expect(stdout).toContain('FAIL  *.example.com: no DNS server runs there\n      check the way to the DNS server');
  });

  test('gives up one that is silent', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const { status, stdout } = lab.run(['dns', 'check', '--server', `127.0.0.1:${silent.address().port}`]);
    silent.close();
    expect(status).toBe(1);
    expect(stdout).toContain('FAIL  example.com: the DNS server does not answer in time');
  });
});
