import { setTimeout as sleep } from 'node:timers/promises';
import { slots } from '../support/slots.js';
import type { ApiObservation } from './api/probe.js';
import type { Expectation } from './expectation.js';
import { judgeCluster } from './judge/cluster.js';
import { type MachineObservation, probeMachine } from './machine-probe.js';
import { type Probes, probeCluster, sshTargets } from './observe.js';
import type { ClusterStatus } from './types.js';

/** Milliseconds between two questions to the same machine. */
const INTERVAL = 2_000;
const AT_A_TIME = 32;

/**
 * Asks every machine and the API again and again, each in its own time, so that one that does not answer holds up
 * no other, and hands on every status that comes of it. Ends when `signal` aborts; never rejects by itself.
 *
 * @param onStatus hears of the first status at once, where nobody has answered yet.
 */
export async function watchCluster(
  expectation: Expectation,
  probes: Probes,
  onStatus: (status: ClusterStatus) => void,
  signal: AbortSignal,
  interval = INTERVAL,
): Promise<void> {
  const { plan } = expectation;
  const machines = new Map<string, MachineObservation>();
  let api: ApiObservation | undefined;
  const tell = () => {
    if (!signal.aborted) onStatus(judgeCluster(expectation, { machines, api }));
  };
  const slot = slots(AT_A_TIME);
  const again = async (ask: () => Promise<void>) => {
    while (!signal.aborted) {
      await ask();
      tell();
      await sleep(interval, undefined, { signal }).catch(() => undefined);
    }
  };
  tell();
  const askApi = async () => {
    api = await probeCluster(plan, probes, signal);
  };
  const askMachines = plan.nodes.map(({ machine, nodeName }) => async () => {
    const targets = () => sshTargets(machine, nodeName, api);
    const observation = await slot(() => probeMachine(targets(), probes.ssh, probes.now, signal));
    if (!signal.aborted) machines.set(machine.name, observation);
  });
  await Promise.all([askApi, ...askMachines].map(again));
}
