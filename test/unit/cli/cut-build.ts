import { resolve } from 'node:path';
import { expect } from 'vitest';
import type { Lab } from './lab.js';

/** A build that a signal ends at a change of the file system, counted from 1. */
export interface Cut {
  readonly signal: string;
  readonly step: number;
  /** What the folder holds when a build ends by itself. */
  readonly after: Readonly<Record<string, string>>;
  /** Outputs that are written more than once in a build. */
  readonly between?: readonly string[];
}

/**
 * Lets a build be cut: every file is the old one or the new one, a signal that can be handled leaves no temporary
 * file, and the next build ends where an uncut one does. `check` looks at the folder in between.
 */
export function expectCutBuild(lab: Lab, { signal, step, after, between = [] }: Cut, check = () => {}): void {
  const before = lab.contents();
  const { status, stderr } = lab.run(['build'], {
    nodeArguments: ['--import', resolve('test/unit/cli/fault.mjs')],
    env: { FAULT_AT: String(step), FAULT_SIGNAL: signal },
  });
  expect(status, stderr).toBe(signal === 'SIGKILL' ? null : 130);
  const cut = lab.contents();
  const temporary = Object.keys(cut).filter((path) => path.includes('.ironkeel-'));
  if (signal !== 'SIGKILL') expect(temporary).toEqual([]);
  for (const [path, content] of Object.entries(cut)) {
    if (between.includes(path) || temporary.includes(path)) continue;
    expect([before[path], after[path]], path).toContain(content);
  }
  check();
  expect(lab.run(['build']).status).toBe(0);
  expect(lab.contents()).toEqual(after);
}
