import { operatingSystem } from '../../os/registry.js';
import type { Node } from '../../plan/types.js';
import type { ApiObservation } from '../api/probe.js';
import type { Expectation } from '../expectation.js';
import type { MachineObservation } from '../machine-probe.js';
import type { MachineReport } from '../probe-report.js';
import type { Cause, MachineStatus, Verdict } from '../types.js';
import { judgeAdoption, judgeGeneration } from './adoption.js';
import { fault, shorten, UNASKED } from './causes.js';
import { judgeConditions } from './conditions.js';
import { isOfEarlierBoot, judgeNode, judgeRegistration } from './node.js';
import { judgeInstallation, judgeService } from './programs.js';

export interface JudgedMachine {
  readonly status: MachineStatus;
  /** In the order of what it gets to first; the first that is no note is what it waits for. */
  readonly causes: readonly Cause[];
}

/** Where a machine stands, and what it waits for. Nothing known of it yet is no fault. */
export function judgeMachine(
  node: Node,
  expectation: Expectation,
  observation: MachineObservation | undefined,
  api: ApiObservation | undefined,
): JudgedMachine {
  const causes = findCauses(node, expectation, observation, api);
  const status = describe(node, expectation, observation, api);
  return { status: { ...status, ready: isReady(status) && causes.every(isNote) }, causes };
}

function isNote({ severity }: Cause): boolean {
  return severity === 'note';
}

function isReady(status: MachineStatus): boolean {
  const { reachable, provisioned, runtime, kubelet, registered, nodeReady } = status;
  return [reachable, provisioned, runtime, kubelet, registered, nodeReady].every((verdict) => verdict === 'yes');
}

function findCauses(
  node: Node,
  { machines, kubernetes, plan }: Expectation,
  observation: MachineObservation | undefined,
  api: ApiObservation | undefined,
): Cause[] {
  if (observation === undefined) return [UNASKED];
  const { report, failure } = observation;
  if (report === undefined) return failure === undefined ? [] : [failure];
  const { name, os } = node.machine;
  const conditions = judgeConditions(observation, operatingSystem(os).loginUser);
  const view = api?.view?.nodes.get(node.nodeName);
  const blocked = firstCause([
    () => judgeAdoption(report),
    () => judgeInstallation(report),
    () => judgeService('containerd', report),
    () => judgeGuard(report),
    () => judgeService('kubelet', report),
    () => judgeRegistration(node.nodeName, api),
  ]);
  const late =
    blocked === undefined && view !== undefined ? judgeNode(view, kubernetes, report.bootId, plan.cluster.cni) : [];
  const generation = judgeGeneration(name, report, machines[name]);
  return [...conditions, ...(blocked === undefined ? [] : [blocked]), ...judgeFirewall(report), ...late, ...generation];
}

/** Later steps wait for earlier ones: one cause says it all. */
function firstCause(steps: readonly (() => Cause | undefined)[]): Cause | undefined {
  for (const step of steps) {
    const cause = step();
    if (cause !== undefined) return cause;
  }
  return undefined;
}

/** What the guard before etcd wrote down: `started: …`, or `stopped: ` with its reason and what to do, in sentences. */
function judgeGuard({ etcdStatus }: MachineReport): Cause | undefined {
  const said = etcdStatus.join(' ');
  if (said === '' || /^(?:started|done)\b/.test(said)) return undefined;
  const [, reason = said, remedy] = /^(.*?)\.\s+(.*)$/.exec(said.replace(/^stopped: /, '')) ?? [];
  return fault('etcd-stopped', `etcd is kept from starting: ${shorten(reason)}`, remedy);
}

function judgeFirewall({ units }: MachineReport): Cause[] {
  const unit = units.get('ironkeel-firewall');
  if (unit?.active !== 'failed') return [];
  return [
    fault('no-firewall', `its firewall did not start (${unit.result})`, 'journalctl -u ironkeel-firewall says more'),
  ];
}

function describe(
  node: Node,
  { machines }: Expectation,
  observation: MachineObservation | undefined,
  api: ApiObservation | undefined,
): MachineStatus {
  const { name, role } = node.machine;
  const report = observation?.report;
  const view = api?.view?.nodes.get(node.nodeName);
  const service = (unit: string): Verdict => ofReport(report, ({ units }) => units.get(unit)?.active === 'active');
  const unseen = report?.root === false && report.adoption.applied === undefined;
  return {
    name,
    nodeName: node.nodeName,
    role,
    address: observation?.address,
    ready: false,
    reachable: observation === undefined ? 'unknown' : yesNo(report !== undefined),
    generation: { applied: report?.adoption.applied, built: machines[name]?.generation },
    provisioned: unseen
      ? 'unknown'
      : ofReport(report, ({ adoption }) => adoption.ready && adoption.applied !== undefined),
    runtime: service('containerd'),
    kubelet: service('kubelet'),
    registered: api?.view === undefined ? 'unknown' : yesNo(view !== undefined),
    nodeReady: view === undefined ? 'unknown' : yesNo(view.ready && !isOfEarlierBoot(view, report?.bootId)),
    kubeletVersion: view?.kubeletVersion,
    bootId: report?.bootId ?? view?.bootId,
  };
}

function ofReport(report: MachineReport | undefined, ask: (report: MachineReport) => boolean): Verdict {
  return report === undefined ? 'unknown' : yesNo(ask(report));
}

function yesNo(value: boolean): Verdict {
  return value ? 'yes' : 'no';
}
