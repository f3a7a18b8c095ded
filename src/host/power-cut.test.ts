import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayloadFixture } from './testing/payload.js';
import { atEveryCut, callsOf, cutAt, losePower } from './testing/power-cut.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

const OLD: PayloadFixture = {
  generation: 1,
  files: {
    '/etc/hostname': 'worker1\n',
    '/etc/kept': 'the same in both\n',
    '/etc/leaves/old.yaml': 'kind: Pod\n',
    '/etc/systemd/system/a.service': '[Service]\n',
  },
  directories: { '/etc/leaves': 0o755 },
  links: { '/etc/link': 'kept' },
  units: { 'a.service': 'enabled', 'b.service': 'masked' },
};

const NEW: PayloadFixture = {
  generation: 2,
  files: {
    '/etc/hostname': 'worker1-renamed\n',
    '/etc/kept': 'the same in both\n',
    '/etc/key': ['a new secret\n', 0o600],
    '/etc/systemd/system/b.service': '[Service]\n',
  },
  directories: { '/etc/new': 0o700 },
  links: { '/etc/link': 'key' },
  units: { 'a.service': 'masked', 'b.service': 'enabled' },
};

type Snapshot = Record<string, string>;

/** What is configured, without leftovers beside files. */
function configured(snapshot: Snapshot): Snapshot {
  const kept = ([path]: [string, string]) => path.startsWith('etc') && !path.endsWith('.ironkeel-new');
  return Object.fromEntries(Object.entries(snapshot).filter(kept));
}

/** What the machine runs: a folder in which there is nothing yet changes nothing. */
function running(snapshot: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(configured(snapshot)).filter(([, state]) => !state.startsWith('directory')));
}

let onOld: ScratchMachine;
/** The machine's state before and after an upgrade that nothing interrupts, and the changes of the disk in between. */
let before: Snapshot;
let after: Snapshot;
let calls: number;

beforeAll(async () => {
  onOld = new ScratchMachine();
  onOld.offer(OLD);
  await onOld.run(onOld.adoptProgram);
  before = onOld.snapshot();
  const machine = onOld.clone();
  cutAt(machine.cuts, machine.root, 0, false);
  expect((await upgrade(machine)).status).toBe(0);
  after = machine.snapshot();
  calls = callsOf(machine.cuts);
  machine.dispose();
});
afterAll(() => onOld.dispose());

function upgrade(machine: ScratchMachine): Promise<Outcome> {
  return machine.run(machine.adoptProgram, [], { IRONKEEL_DRIVE_DIR: machine.drive(NEW) });
}

/** An upgrade that ends at the n-th change of the disk, and the machine afterwards. */
async function interrupted(n: number, power: boolean, check: (machine: ScratchMachine, cut: boolean) => Promise<void>) {
  const machine = onOld.clone();
  try {
    // A mark in the file system's own clock: what is written from here on may be lost.
    const mark = join(machine.home, 'mark');
    writeFileSync(mark, '');
    cutAt(machine.cuts, machine.root, n, power);
    const { status } = await upgrade(machine);
    if (power) losePower(machine.cuts, machine.root, mark);
    rmSync(machine.cuts, { recursive: true });
    await check(machine, status === null);
  } finally {
    machine.dispose();
  }
}

describe('an upgrade that is cut at any change of the disk', () => {
  it('opens the gate only on a whole state, and is finished by the next run', { timeout: 300_000 }, async () => {
    expect(calls).toBeGreaterThan(20);
    await atEveryCut(calls, (n) =>
      interrupted(n, false, async (machine, cut) => {
        expect(cut, `cut ${n}`).toBe(true);
        if (machine.has('run/ironkeel/adopted')) {
          const whole = [running(before), running(after)];
          expect(whole, `gate open at cut ${n}`).toContainEqual(running(machine.snapshot()));
        }
        const { status, said } = await upgrade(machine);
        expect(status, `after cut ${n}: ${said}`).toBe(0);
        expect(machine.snapshot(), `after cut ${n}`).toEqual(after);
        expect(machine.has('run/ironkeel/adopted')).toBe(true);
      }),
    );
  });

  it('loses no file to a power cut, with or without the drive afterwards', { timeout: 300_000 }, async () => {
    await atEveryCut(calls, (n) =>
      interrupted(n, true, async (machine) => {
        for (const [path, state] of Object.entries(configured(machine.snapshot()))) {
          expect([before[path], after[path]], `${path} right after cut ${n}`).toContain(state);
        }
        // Without the drive the new generation may not have reached the disk; then the old one runs on.
        const { said } = await machine.run(machine.adoptProgram);
        const whole = [running(before), running(after)];
        expect(machine.has('run/ironkeel/adopted'), `after cut ${n}: ${said}`).toBe(true);
        expect(whole, `after cut ${n}: ${said}`).toContainEqual(running(machine.snapshot()));
        await upgrade(machine);
        expect(machine.snapshot(), `after cut ${n}, with the drive`).toEqual(after);
      }),
    );
  });
});
