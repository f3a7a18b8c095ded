import { describe, expect, it } from 'vitest';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import { edgeExpectation } from './expectation.js';

const EDGE = 'edge' as const;

describe('what is expected of edges', () => {
  it('is the guide’s edge, by its address, for its domain', () => {
    expect(edgeExpectation(testCluster())).toMatchObject({
      targets: [{ edge: 'example.com', address: '123.234.234.123', domains: ['example.com'] }],
      ...{ unknown: [], unserved: [], sshIsPublic: false, firewall: true },
    });
  });

  it('leaves out who serves nothing, and names who cannot be asked and what nobody serves', () => {
    const { targets, unknown, unserved, names } = edgeExpectation(
      testCluster({
        domains: [
          { name: 'a.com', edges: ['e1', 'e2'] },
          { name: 'b.com', edges: ['e2'] },
          { name: 'c.com', edges: [] },
        ],
        endpoint: { host: 'api.a.com', port: 6443 },
        firewall: { enabled: true, nodes: [], ssh: ['0.0.0.0/0'] },
        machines: [
          testMachine('controller', '10.10.10.1', 'controller'),
          testMachine('e1', '10.0.0.1', EDGE, { publicAddress: '203.0.113.1' }),
          testMachine('e2', '', EDGE, { ip: undefined }),
          testMachine('e3', '203.0.113.3', EDGE),
        ],
      }),
    );
    expect(targets).toEqual([{ edge: 'e1', address: '203.0.113.1', domains: ['a.com'] }]);
    expect([unknown, unserved]).toEqual([['e2'], ['b.com', 'c.com']]);
    expect(names.map(({ purpose }) => purpose)).not.toContain('endpoint');
  });
});
