import type { Machine } from '../inventory/types.js';
import { operatingSystem } from '../os/registry.js';
import type { Instant } from '../support/clock.js';
import type { ApiGet } from './api/client.js';
import { type ApiObservation, probeApi } from './api/probe.js';
import type { Expectation } from './expectation.js';
import type { Observations } from './judge/cluster.js';
import { type MachineObservation, probeMachine } from './machine-probe.js';
import type { SshTarget } from './ssh/command.js';
import type { SshRunner } from './ssh/run.js';

/** How a cluster is asked. */
export interface Probes {
  readonly ssh: SshRunner;
  readonly api: ApiGet;
  /** The kubeconfig's `https://host:port`. */
  readonly endpoint: string;
  readonly now: () => Instant;
}

/** Machines asked at a time: each takes a process. */
const AT_A_TIME = 32;

/** Asks every machine and the API, all at once, once. Never rejects. */
export async function observe({ plan }: Expectation, probes: Probes, signal?: AbortSignal): Promise<Observations> {
  const api = probeCluster(plan, probes, signal);
  // Only a machine nobody gave an address is looked up in what the API knows.
  const { nodes } = plan;
  const known = nodes.every(({ machine }) => ownAddresses(machine).length > 0) ? undefined : await api;
  const machines = new Map<string, MachineObservation>();
  const queue = [...nodes];
  const work = async () => {
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      const targets = sshTargets(node.machine, node.nodeName, known);
      machines.set(node.machine.name, await probeMachine(targets, probes.ssh, probes.now, signal));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { machines, api: await api };
}

/** Asks the API: by the endpoint, and every controller whose address is known. */
export function probeCluster(
  { controllers }: Expectation['plan'],
  { endpoint, api }: Probes,
  signal?: AbortSignal,
): Promise<ApiObservation> {
  const urls = controllers.flatMap(({ machine }) =>
    ownAddresses(machine)
      .slice(0, 1)
      .map((address) => [machine.name, `https://${address}:${API_PORT}`] as const),
  );
  return probeApi(endpoint, new Map(urls), api, signal);
}

/** Where the API server listens on controllers. */
const API_PORT = 6443;

/** Where a machine may be asked, the likeliest first. */
export function sshTargets(machine: Machine, nodeName: string, api: ApiObservation | undefined): SshTarget[] {
  const own = ownAddresses(machine);
  const registered = own.length > 0 ? [] : (api?.view?.nodes.get(nodeName)?.addresses ?? []);
  const addresses = [...own, ...registered, ...(own.length > 0 ? [] : [machine.name])];
  const user = operatingSystem(machine.os).loginUser;
  return [...new Set(addresses)].map((address) => ({ name: machine.name, address, user }));
}

function ownAddresses({ ip, publicAddress }: Machine): string[] {
  return [ip, publicAddress].filter((address) => address !== undefined);
}
