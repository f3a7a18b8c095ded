import { describe, expect, it } from 'vitest';
import { parseProbe } from './probe-report.js';
import { ETCD_WELL, report, unit, WELL } from './testing/world.js';

describe('the answer of a machine', () => {
  it('is read whatever the login shell says around it', () => {
    const text = ['Welcome!', ...WELL, 'bye', ''].join('\n');
    const machine = parseProbe(text);
    expect(machine).toMatchObject({
      time: Date.parse('2026-11-22T12:00:00Z'),
      bootId: 'boot-1',
      root: true,
      adoption: { applied: 3, digest: 'a'.repeat(64), ready: true, incoming: ['3'], adopting: undefined },
      installStatus: 'done: everything is installed',
      disk: { free: 50_000_000_000, size: 60_000_000_000 },
      etcd: undefined,
    });
    expect(machine?.units.get('kubelet')).toEqual({ active: 'active', sub: 'running', result: 'success', restarts: 0 });
    expect([...(machine?.units.keys() ?? [])]).toEqual(['containerd', 'kubelet', 'ironkeel-install']);
  });

  it.each([0, 5, WELL.length - 1])('is none when it was cut after %i lines', (lines) => {
    expect(parseProbe(WELL.slice(0, lines).join('\n'))).toBeUndefined();
  });

  it('leaves out units the machine does not have', () => {
    const missing = unit('ironkeel-apply').map((line) => line.replace('=loaded', '=not-found'));
    expect(report(...unit('kubelet'), ...missing).units.has('ironkeel-apply')).toBe(false);
  });

  it('survives what makes no sense', () => {
    const odd = report('disk - -', 'etcd-health {', 'adopt applied x', 'unit garbage', 'time yesterday');
    expect(odd.disk).toBeUndefined();
    expect(odd.etcd).toMatchObject({ healthy: false, hasLeader: false, isLeader: false });
    expect(odd.adoption.applied).toBeUndefined();
    expect(odd.units.size).toBe(0);
  });
});

describe('a member of etcd', () => {
  it('leads when it is the leader it names', () => {
    expect(report(...ETCD_WELL).etcd).toEqual({
      ...{ healthy: true, error: undefined, isLeader: true, hasLeader: true },
      ...{ clusterId: '14841639068965178418', version: '3.6.14', alarms: [] },
    });
  });

  it('is told from another though their numbers round to the same', () => {
    const [health = '', endpoint = ''] = ETCD_WELL;
    // One more than the member's own: as doubles the two are equal.
    const led = endpoint.replace('"leader":10276657743932975437', '"leader":10276657743932975438');
    expect(report(health, led).etcd).toMatchObject({ isLeader: false, hasLeader: true });
  });

  it('raises alarms, which a missing leader is not', () => {
    const [health = '', endpoint = ''] = ETCD_WELL;
    const errors = '"errors":["etcdserver: no leader","memberID:1 alarm:NOSPACE "]';
    const raising = endpoint.replace('"raftTerm":2}', `"raftTerm":2,${errors}}`);
    expect(report(health, raising).etcd?.alarms).toEqual(['memberID:1 alarm:NOSPACE ']);
  });

  it('may have no leader', () => {
    const health = 'etcd-health [{"endpoint":"e","health":false,"error":"context deadline exceeded"}]';
    const endpoint = (ETCD_WELL[1] ?? '').replace('"leader":10276657743932975437', '"leader":0');
    expect(report(health, endpoint).etcd).toMatchObject({ healthy: false, hasLeader: false, isLeader: false });
  });
});
