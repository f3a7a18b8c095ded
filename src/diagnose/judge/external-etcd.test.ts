import { describe, expect, it } from 'vitest';
import { allWell, expectation, observation, withMachines } from '../testing/world.js';
import { judgeCluster } from './cluster.js';

function said({ findings }: ReturnType<typeof judgeCluster>): string[] {
  return findings.map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`);
}

describe('an etcd of the user’s own', () => {
  const endpoints = ['https://10.10.10.8:2379', 'https://10.10.10.9:2379'];
  const external = { endpoints, ca: '', certificate: '', key: '' };
  const built = expectation(1, { etcd: { external } });
  const nobody = { url: 'https://10.10.10.1:6443', ready: false };
  const done = 'apply-status done: everything is applied';
  // As etcdctl 3.6 prints them, the last one shortened.
  const refused =
    '"latest balancer error: connection error: desc = \\"transport: Error while dialing: dial tcp 10.10.10.9:2379: connect: connection refused\\""';
  const healths = (second: boolean) =>
    `etcd-external [{"endpoint":"${endpoints[0]}","health":true,"took":"3ms"},{"endpoint":"${endpoints[1]}","health":${second},"error":"context deadline exceeded"}]`;
  const log = `etcd-external {"level":"warn","target":"etcd-endpoints://0xc0001/10.10.10.9:2379","error":${refused}}`;

  it('serves when every member answers a controller', () => {
    const controller = observation(done, healths(true), 'etcd-external ');
    const status = judgeCluster(built, withMachines(allWell(built), { controller }));
    expect(said(status)).toEqual([]);
    expect(status.etcd).toMatchObject({ ready: true, summary: 'external, 2 of 2 members' });
  });

  it('is named where a member does not answer, with the reason', () => {
    const controller = observation(done, log, healths(false), 'etcd-external Error: unhealthy cluster');
    const status = judgeCluster(built, withMachines(allWell(built), { controller }));
    expect(said(status)).toEqual([
      'error etcd: the external https://10.10.10.9:2379 does not serve controller: it refuses the connection',
    ]);
    expect(status.etcd).toMatchObject({ ready: false, summary: 'external, 1 of 2 members' });
    expect(status.ready).toBe(false);
  });

  it('waits for an API server as long as no controller has asked', () => {
    const api = { endpoint: nobody, controllers: new Map([['controller', nobody]]) };
    const { etcd } = judgeCluster(built, { machines: allWell(built).machines, api });
    expect(etcd).toMatchObject({ ready: false, summary: 'external, no API server uses it yet' });
  });
});
