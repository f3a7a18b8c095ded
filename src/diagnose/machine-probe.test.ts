import { describe, expect, it } from 'vitest';
import { probeMachine } from './machine-probe.js';
import type { SshResult } from './ssh/run.js';
import { NOW, WELL } from './testing/world.js';

const ANSWER: SshResult = { code: 0, stdout: `${WELL.join('\n')}\n`, stderr: '', timedOut: false };
const target = (address: string) => ({ name: 'edge', address, user: 'core' });

function refusing(stderr: string): SshResult {
  return { code: 255, stdout: '', stderr, timedOut: false };
}

describe('asking a machine', () => {
  it('takes the first address that answers', async () => {
    const asked: string[] = [];
    const run = async ({ address }: { address: string }) => {
      asked.push(address);
      return address === '10.0.0.1' ? refusing('ssh: connect to host: Connection timed out') : ANSWER;
    };
    const found = await probeMachine([target('10.0.0.1'), target('203.0.113.9'), target('x')], run, () => NOW);
    expect(found).toMatchObject({ address: '203.0.113.9', clockSkew: 0, report: { bootId: 'boot-1' } });
    expect(asked).toEqual(['10.0.0.1', '203.0.113.9']);
  });

  it('does not go on to another address where somebody else answers', async () => {
    const run = async () => refusing('Host key verification failed.');
    const found = await probeMachine([target('10.0.0.1'), target('203.0.113.9')], run, () => NOW);
    expect(found).toMatchObject({ address: '10.0.0.1', failure: { code: 'host-key-mismatch' } });
  });

  it.each([
    [NOW, NOW + 20_000, 0],
    [NOW - 20_000, NOW, 0],
    [NOW + 600_000, NOW + 601_000, -600_000],
    [NOW - 700_000, NOW - 600_000, 600_000],
  ])('compares clocks with the time that asking took: %i to %i', async (before, after, skew) => {
    const times = [before, after];
    const found = await probeMachine(
      [target('a')],
      async () => ANSWER,
      () => times.shift() ?? 0,
    );
    expect(found.clockSkew).toBe(skew);
  });

  it('says when nobody knows where it is', async () => {
    const found = await probeMachine(
      [],
      async () => ANSWER,
      () => NOW,
    );
    expect(found.failure?.message).toBe('nobody knows its address');
  });
});
