import { planCluster } from '../../plan/index.js';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import type { Instant } from '../../support/clock.js';
import type { ApiObservation } from '../api/probe.js';
import type { ClusterView, NodeView, Pod, Workload } from '../api/view.js';
import type { Expectation } from '../expectation.js';
import type { Observations } from '../judge/cluster.js';
import type { MachineObservation } from '../machine-probe.js';
import { type MachineReport, parseProbe } from '../probe-report.js';

export const NOW: Instant = Date.parse('2026-11-22T12:00:00Z');
export const UID = '0d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';
export const DIGEST = 'a'.repeat(64);

/** The guide's cluster with as many controllers as wanted, built once. */
export function expectation(controllers = 1, over: Parameters<typeof testCluster>[0] = {}): Expectation {
  const others = ['controller2', 'controller3'].slice(0, controllers - 1);
  const cluster = testCluster();
  const added = others.map((name, at) => testMachine(name, `10.10.10.${11 + at}`, 'controller'));
  const plan = planCluster(testCluster({ machines: [...cluster.machines, ...added], ...over }));
  const built = plan.nodes.map(({ machine }) => [machine.name, { generation: 3, digest: DIGEST }] as const);
  return { plan, kubernetes: '1.36.4', machines: Object.fromEntries(built) };
}

/** What probe.sh prints on a machine where all is well: captured on one, shortened. */
export const WELL = [
  ...['probe 1', `time ${NOW / 1000}`, 'boot-id boot-1', 'root yes', 'incoming 3'],
  ...['adopt applied 3', `adopt configuration ${DIGEST}`, 'adopt incoming 3', 'adopt ready yes'],
  ...['install-status done: everything is installed'],
  ...unit('containerd'),
  ...unit('kubelet'),
  ...unit('ironkeel-install', 'active', 'exited'),
  'disk 50000000000 60000000000',
  'end 1',
];

/** The lines systemctl gives for one unit, as probe.sh passes them on. */
export function unit(name: string, active = 'active', sub = 'running', result = 'success', restarts = 0): string[] {
  const properties = [`NRestarts=${restarts}`, `Result=${result}`, `Id=${name}.service`, 'LoadState=loaded'];
  return [...properties, `ActiveState=${active}`, `SubState=${sub}`, ''].map((line) => `unit ${line}`);
}

export const ETCD_WELL = [
  'etcd-health [{"endpoint":"https://127.0.0.1:2379","health":true,"took":"4.1ms"}]',
  'etcd-endpoint [{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":1,"raft_term":2},"version":"3.6.14","dbSize":20480,"leader":10276657743932975437,"raftIndex":4,"raftTerm":2}}]',
];

/** A report from lines of probe.sh; lines of the same key take the place of those of a machine that is well. */
export function report(...lines: readonly string[]): MachineReport {
  const keys = new Set(lines.map((line) => line.split(' ', 1)[0]));
  const kept = WELL.slice(0, -1).filter((line) => !keys.has(line.split(' ', 1)[0] ?? ''));
  const parsed = parseProbe([...kept, ...lines, 'end 1', ''].join('\n'));
  if (parsed === undefined) throw new Error('the fixture is no report');
  return parsed;
}

export function observation(...lines: readonly string[]): MachineObservation {
  return { address: '10.10.10.2', report: report(...lines), clockSkew: 0 };
}

export function node(over: Partial<NodeView> = {}): NodeView {
  const well = { ready: true, message: 'kubelet is posting ready status', kubeletVersion: 'v1.36.4', bootId: 'boot-1' };
  return { ...well, addresses: ['10.10.10.2'], unschedulable: false, shortOf: [], ...over };
}

export function pod(name: string, over: Partial<Pod> = {}): Pod {
  return { namespace: 'kube-system', name, node: 'worker1', labels: {}, ready: true, mirror: false, ...over };
}

export function workload(name: string, over: Partial<Workload> = {}): Workload {
  const well = { kind: 'Deployment', namespace: 'kube-system', wanted: 2, ready: 2, observed: true } as const;
  return { ...well, name, selector: { 'k8s-app': name }, ...over };
}

export function apiObservation({ plan }: Expectation, over: Partial<ClusterView> = {}): ApiObservation {
  const url = 'https://10.10.10.1:6443';
  const names = plan.controllers.map(({ machine }) => machine.name);
  const components = ['kube-controller-manager', 'kube-scheduler'];
  const view: ClusterView = {
    kubeSystemUid: UID,
    nodes: new Map(plan.nodes.map(({ nodeName }) => [nodeName, node()])),
    workloads: [workload('coredns'), workload('kube-proxy', { kind: 'DaemonSet', wanted: 4, ready: 4 })],
    pods: names.flatMap((name) => components.map((component) => pod(`${component}-${name}`, { mirror: true }))),
    ...over,
  };
  return {
    endpoint: { url, ready: true },
    controllers: new Map(names.map((name) => [name, { url, ready: true }])),
    view,
  };
}

/** Everything Ready. */
export function allWell(expected: Expectation): Observations {
  const controllers = new Set(expected.plan.controllers.map(({ machine }) => machine.name));
  const machines = expected.plan.nodes.map(({ machine: { name } }) => {
    const more = controllers.has(name) ? [...ETCD_WELL, 'apply-status done: everything is applied'] : [];
    return [name, observation(...more)] as const;
  });
  return { machines: new Map(machines), api: apiObservation(expected) };
}

/** The same with other observations of some machines. */
export function withMachines(
  { machines, api }: Observations,
  others: Readonly<Record<string, MachineObservation>>,
): Observations {
  return { machines: new Map([...machines, ...Object.entries(others)]), api };
}
