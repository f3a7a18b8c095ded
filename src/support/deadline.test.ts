import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withDeadline } from './deadline.js';

/** Work that never ends by itself. */
const endless = (signal: AbortSignal) => sleep(60_000, undefined, { signal }).catch(() => 'ended');

describe('a deadline', () => {
  it('comes when the time is up', async () => {
    expect(await withDeadline(20, undefined, endless)).toBe('ended');
  });

  it('comes before when the other signal does', async () => {
    const parent = new AbortController();
    const work = withDeadline(60_000, parent.signal, endless);
    parent.abort();
    expect(await work).toBe('ended');
    expect(await withDeadline(60_000, parent.signal, endless)).toBe('ended');
  });

  it('leaves nothing behind', async () => {
    const { signal } = new AbortController();
    expect(await withDeadline(60_000, signal, async () => 'done')).toBe('done');
    await expect(withDeadline(60_000, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('comes though garbage is collected in between, and holds up nobody', () => {
    const program = `
      const { withDeadline } = await import('./dist/support/deadline.js');
      const collecting = setInterval(gc, 20);
      const ended = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));
      await withDeadline(200, new AbortController().signal, ended);
      await withDeadline(600_000, undefined, async () => undefined);
      clearInterval(collecting);
      process.exitCode = 7;`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    const { status } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], options);
    expect(status).toBe(7);
  });
});
