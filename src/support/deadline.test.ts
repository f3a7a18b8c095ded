import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deadline } from './deadline.js';

describe('a deadline', () => {
  it('comes when the time is up', async () => {
    const signal = deadline(20, new AbortController().signal);
    expect(signal.aborted).toBe(false);
    await sleep(40);
    expect(signal.aborted).toBe(true);
  });

  it('comes before when the other one does', () => {
    const parent = new AbortController();
    const signal = deadline(60_000, parent.signal);
    parent.abort();
    expect(signal.aborted).toBe(true);
    expect(deadline(60_000, parent.signal).aborted).toBe(true);
  });

  it('comes though garbage is collected in between, and holds up nobody', () => {
    const program = `
      const { deadline } = await import('./dist/support/deadline.js');
      const signal = deadline(200, new AbortController().signal);
      deadline(600_000);
      const collecting = setInterval(gc, 20);
      setTimeout(() => { clearInterval(collecting); process.exitCode = signal.aborted ? 7 : 1; }, 500);`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    const { status } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], options);
    expect(status).toBe(7);
  });
});
