import { describe, expect, it } from 'vitest';
import { observe, type Probes, sshTargets } from './observe.js';
import type { SshResult } from './ssh/run.js';
import { apiObservation, expectation, NOW, WELL } from './testing/world.js';
import type { ClusterStatus } from './types.js';
import { watchCluster } from './watch.js';

const BUILT = expectation();
const ANSWER: SshResult = { code: 0, stdout: `${WELL.join('\n')}\n`, stderr: '', timedOut: false };

function probes(over: Partial<Probes> = {}): Probes {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const api = () => Promise.reject(refused);
  return { ssh: async () => ANSWER, api, endpoint: 'https://10.10.10.1:6443', now: () => NOW, ...over };
}

describe('asking once', () => {
  it('asks every machine by its name, address and user', async () => {
    const asked: string[] = [];
    const ssh: Probes['ssh'] = async ({ name, address, user }, program) => {
      expect(program).toContain('put probe 1');
      asked.push(`${name} ${user}@${address}`);
      return ANSWER;
    };
    const { machines, api } = await observe(BUILT, probes({ ssh }));
    expect(asked.sort()).toEqual([
      'controller core@10.10.10.1',
      'example.com core@123.234.234.123',
      'worker1 core@10.10.10.2',
      'worker2 core@10.10.10.3',
    ]);
    expect(machines.size).toBe(4);
    expect(api?.endpoint.failure?.code).toBe('api-silent');
  });

  it('looks in the API for a machine without an address, and asks by its name else', () => {
    const [machine] = BUILT.plan.cluster.machines.slice(1);
    if (machine === undefined) throw new Error('no machine');
    const { ip: _, ...nowhere } = machine;
    const addresses = (api?: ReturnType<typeof apiObservation>) =>
      sshTargets(nowhere, 'worker1', api).map(({ address }) => address);
    expect(addresses()).toEqual(['worker1']);
    expect(addresses(apiObservation(BUILT))).toEqual(['10.10.10.2', 'worker1']);
    const natted = { ...machine, publicAddress: '203.0.113.9' };
    expect(sshTargets(natted, 'worker1', undefined).map(({ address }) => address)).toEqual([
      '10.10.10.2',
      '203.0.113.9',
    ]);
  });
});

describe('watching', () => {
  it('shows each answer as it comes, held up by no machine that hangs, and ends when told', async () => {
    const ending = new AbortController();
    let stopped = 0;
    const ssh: Probes['ssh'] = ({ name }, _program, signal) =>
      name !== 'worker2'
        ? Promise.resolve(ANSWER)
        : new Promise((resolve) =>
            signal?.addEventListener('abort', () => {
              stopped++;
              resolve({ code: undefined, stdout: '', stderr: '', timedOut: false });
            }),
          );
    const seen: ClusterStatus[] = [];
    const onStatus = (status: ClusterStatus) => {
      seen.push(status);
      const reachable = status.machines.filter((machine) => machine.reachable === 'yes');
      if (reachable.length === 3 && seen.length > 10) ending.abort();
    };
    await watchCluster(BUILT, probes({ ssh }), onStatus, ending.signal, 1);
    expect(seen[0]?.machines.map(({ reachable }) => reachable)).toEqual(Array(4).fill('unknown'));
    expect(seen.at(-1)?.machines.map(({ reachable }) => reachable)).toEqual(['yes', 'yes', 'unknown', 'yes']);
    expect(seen.at(-1)?.complete).toBe(false);
    expect(stopped).toBe(1);
  });
});
