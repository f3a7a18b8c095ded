import { type ApiGet, readObject } from './client.js';
import { items, type Json, list, number, record, text } from './json.js';

/** What the API tells of the cluster. */
export interface ClusterView {
  readonly kubeSystemUid: string;
  /** By node name. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  /** DaemonSets and Deployments that Ironkeel manages. */
  readonly workloads: readonly Workload[];
  /** Of the namespaces of those workloads, and kube-system. */
  readonly pods: readonly Pod[];
}

export interface NodeView {
  readonly ready: boolean;
  /** The Ready condition's own message. */
  readonly message: string;
  /** Such as `v1.36.4`. */
  readonly kubeletVersion: string;
  readonly bootId: string;
  readonly addresses: readonly string[];
  readonly unschedulable: boolean;
  /** What it is short of, by its conditions: `disk`, `memory`, `processes`. */
  readonly shortOf: readonly string[];
}

export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  /** Whether its controller has seen its latest form. */
  readonly observed: boolean;
  readonly selector: Readonly<Record<string, string>>;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ready: boolean;
  /** A static pod, shown by its kubelet. */
  readonly mirror: boolean;
  /** Why it is not ready, as far as Kubernetes says: reason and message. */
  readonly waiting?: { readonly reason: string; readonly message: string } | undefined;
}

/** Set on everything that the apply program applies. */
const MANAGED = `labelSelector=${encodeURIComponent('ironkeel.dev/managed=true')}`;

/**
 * Reads what the status is made from.
 * @throws Error when the API server does not answer, or answers something else than 200.
 */
export async function readClusterView(get: ApiGet, base: string, signal?: AbortSignal): Promise<ClusterView> {
  const read = (path: string) => readObject(get, base, path, signal);
  const [namespace, nodes, daemonSets, deployments] = await Promise.all([
    read('/api/v1/namespaces/kube-system'),
    read('/api/v1/nodes'),
    read(`/apis/apps/v1/daemonsets?${MANAGED}`),
    read(`/apis/apps/v1/deployments?${MANAGED}`),
  ]);
  const workloads = [
    ...items(daemonSets).map((item) => readWorkload('DaemonSet', item)),
    ...items(deployments).map((item) => readWorkload('Deployment', item)),
  ];
  const namespaces = [...new Set(['kube-system', ...workloads.map((workload) => workload.namespace)])].sort();
  const pods = await Promise.all(namespaces.map((name) => read(`/api/v1/namespaces/${name}/pods`)));
  return {
    kubeSystemUid: text(record(namespace.metadata).uid),
    nodes: new Map(items(nodes).map((node) => [text(record(node.metadata).name), readNode(node)])),
    workloads: workloads.sort((a, b) => (a.name < b.name ? -1 : 1)),
    pods: pods.flatMap(items).map(readPod),
  };
}

function readNode(node: Json): NodeView {
  const status = record(node.status);
  const info = record(status.nodeInfo);
  const condition = conditionOf(status, 'Ready');
  return {
    ready: condition.status === 'True',
    message: text(condition.message),
    kubeletVersion: text(info.kubeletVersion),
    bootId: text(info.bootID),
    addresses: list(status.addresses)
      .filter(({ type }) => type === 'InternalIP')
      .map(({ address }) => text(address)),
    unschedulable: record(node.spec).unschedulable === true,
    shortOf: PRESSURES.filter(([type]) => conditionOf(status, type).status === 'True').map(([, what]) => what),
  };
}

const PRESSURES = [
  ['DiskPressure', 'disk'],
  ['MemoryPressure', 'memory'],
  ['PIDPressure', 'processes'],
] as const;

function readWorkload(kind: Workload['kind'], item: Json): Workload {
  const metadata = record(item.metadata);
  const spec = record(item.spec);
  const status = record(item.status);
  const daemon = kind === 'DaemonSet';
  const updated = number(daemon ? status.updatedNumberScheduled : status.updatedReplicas);
  const available = number(daemon ? status.numberAvailable : status.availableReplicas);
  return {
    kind,
    namespace: text(metadata.namespace),
    name: text(metadata.name),
    wanted: number(daemon ? status.desiredNumberScheduled : (spec.replicas ?? 1)),
    // While an update rolls out, old pods are available that are not what is wanted.
    ready: Math.min(available, updated),
    observed: number(status.observedGeneration) >= number(metadata.generation),
    selector: record(record(spec.selector).matchLabels) as Readonly<Record<string, string>>,
  };
}

/** What of a pod matters here. */
export function readPod(pod: Json): Pod {
  const metadata = record(pod.metadata);
  const status = record(pod.status);
  return {
    namespace: text(metadata.namespace),
    name: text(metadata.name),
    node: text(record(pod.spec).nodeName),
    labels: record(metadata.labels) as Readonly<Record<string, string>>,
    ready: conditionOf(status, 'Ready').status === 'True',
    mirror: 'kubernetes.io/config.mirror' in record(metadata.annotations),
    waiting: readWaiting(status),
  };
}

/** A container that waits or ended badly, else why no node takes the pod. */
function readWaiting(status: Json): Pod['waiting'] {
  for (const container of [...list(status.initContainerStatuses), ...list(status.containerStatuses)]) {
    const state = record(container.state);
    const last = record(record(container.lastState).terminated);
    if ('waiting' in state) {
      const { reason, message } = record(state.waiting);
      const exit = 'exitCode' in last ? `it ended with code ${last.exitCode}` : '';
      return { reason: text(reason), message: text(message) || exit };
    }
    const { exitCode, reason, message } = record(state.terminated);
    if (number(exitCode) !== 0) return { reason: text(reason), message: text(message) };
  }
  const scheduled = conditionOf(status, 'PodScheduled');
  return scheduled.status === 'False'
    ? { reason: text(scheduled.reason), message: text(scheduled.message) }
    : undefined;
}

function conditionOf(status: Json, type: string): Json {
  return list(status.conditions).find((condition) => condition.type === type) ?? {};
}
