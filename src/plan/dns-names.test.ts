import { describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../inventory/settings.js';
import { dnsNames } from './dns-names.js';
import { testCluster, testMachine } from './testing/cluster.js';

const EDGE = 'edge' as const;

describe('the names of a cluster in DNS', () => {
  it('are the domain and all below it, at the guide’s edge', () => {
    const machines = [{ name: 'example.com', address: '123.234.234.123' }];
    expect(dnsNames(testCluster())).toEqual([
      { name: 'example.com', purpose: 'apex', machines },
      { name: '*.example.com', purpose: 'wildcard', machines },
    ]);
  });

  it('lead to every edge that serves a domain, by the address the world sees', () => {
    const cluster = testCluster({
      domains: [
        { name: 'example.com', edges: ['e1', 'e2'] },
        { name: 'example.org', edges: ['e2'] },
      ],
      machines: [
        testMachine('controller', '10.10.10.1', 'controller'),
        testMachine('e1', '192.168.0.7', EDGE, { publicAddress: '203.0.113.7' }),
        testMachine('e2', '', EDGE, { ip: undefined }),
      ],
    });
    expect(dnsNames(cluster).map(({ name, machines }) => [name, machines.map(({ address }) => address)])).toEqual([
      ['example.com', ['203.0.113.7', undefined]],
      ['*.example.com', ['203.0.113.7', undefined]],
      ['example.org', [undefined]],
      ['*.example.org', [undefined]],
    ]);
  });

  it('lead to the address that the edges share, where it stands for the domain', () => {
    const cluster = testCluster({
      ingress: { ...CLUSTER_SETTINGS.ingress, floatingAddress: '203.0.113.9' },
      domains: [
        { name: 'example.com', edges: ['e1', 'e2'] },
        { name: 'example.org', edges: ['e2'] },
      ],
      machines: [testMachine('e1', '203.0.113.7', EDGE), testMachine('e2', '203.0.113.8', EDGE)],
    });
    expect(dnsNames(cluster).map(({ name, machines }) => [name, machines])).toEqual([
      ['example.com', [{ name: 'floating', address: '203.0.113.9' }]],
      ['*.example.com', [{ name: 'floating', address: '203.0.113.9' }]],
      ['example.org', [{ name: 'e2', address: '203.0.113.8' }]],
      ['*.example.org', [{ name: 'e2', address: '203.0.113.8' }]],
    ]);
  });

  it('are the API’s too when it has a name: one record for each controller', () => {
    const cluster = testCluster({
      domains: [],
      endpoint: { host: 'api.example.com', port: 6443 },
      machines: [testMachine('c1', '10.0.0.1', 'controller'), testMachine('c2', '10.0.0.2', 'controller')],
    });
    expect(dnsNames(cluster)).toEqual([
      {
        name: 'api.example.com',
        purpose: 'endpoint',
        machines: [
          { name: 'c1', address: '10.0.0.1' },
          { name: 'c2', address: '10.0.0.2' },
        ],
      },
    ]);
  });

  it('leave a name that is a domain to its edges', () => {
    const names = dnsNames(testCluster({ endpoint: { host: 'example.com', port: 6443 } }));
    expect(names.map(({ purpose }) => purpose)).toEqual(['apex', 'wildcard']);
  });
});
