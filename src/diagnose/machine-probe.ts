import type { Instant } from '../support/clock.js';
import { type MachineReport, parseProbe } from './probe-report.js';
import { probeScript } from './probe-script.js';
import type { SshTarget } from './ssh/command.js';
import { explainSshFailure } from './ssh/failure.js';
import type { SshRunner } from './ssh/run.js';
import type { Cause } from './types.js';

/** What came of asking one machine. */
export interface MachineObservation {
  readonly address?: string | undefined;
  readonly report?: MachineReport | undefined;
  /** Its clock less ours, milliseconds; 0 within what asking took. */
  readonly clockSkew?: number | undefined;
  /** Why there is no report. */
  readonly failure?: Cause | undefined;
}

/** Failures of an address at which the machine may just not be; the next one may be right. */
const ELSEWHERE = new Set(['no-answer', 'unknown-host', 'ssh-refused']);

/**
 * Asks a machine, at its addresses in turn until one answers. Never rejects.
 * @param targets in the order of preference; none is a machine nobody knows an address of.
 */
export async function probeMachine(
  targets: readonly SshTarget[],
  run: SshRunner,
  now: () => Instant,
  signal?: AbortSignal,
): Promise<MachineObservation> {
  let observation: MachineObservation = { failure: NO_ADDRESS };
  for (const target of targets) {
    observation = await probeAt(target, run, now, signal);
    if (!ELSEWHERE.has(observation.failure?.code ?? '')) break;
  }
  return observation;
}

async function probeAt(
  target: SshTarget,
  run: SshRunner,
  now: () => Instant,
  signal: AbortSignal | undefined,
): Promise<MachineObservation> {
  const { address } = target;
  const before = now();
  const result = await run(target, probeScript(), signal);
  const after = now();
  const report = parseProbe(result.stdout);
  if (report === undefined) return { address, failure: explainSshFailure(target, result) };
  return { address, report, clockSkew: skew(report.time, before, after) };
}

/** How far a clock is outside of the time in which it was read. */
function skew(time: Instant, before: Instant, after: Instant): number {
  if (time < before - 1000) return time - before;
  return time > after + 1000 ? time - after : 0;
}

const NO_ADDRESS: Cause = {
  severity: 'error',
  code: 'no-address',
  message: 'nobody knows its address',
  remedy: 'give it an `ip` in cluster.yaml',
};
