import { NODE_BALANCER_PORT } from '../pki/paths.js';
import { sha256 } from '../support/sha256.js';
import { selectorLabels, standardLabels, systemMeta } from './objects.js';
import type { KubernetesObject } from './types.js';

/** A pod's `spec` or a part of it; the API server checks the fields, strictly. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an addon's pods are made from. */
export interface Pods {
  readonly addon: string;
  /** Beside the standard ones; not part of the selector. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the nodes they may run on. Default: any. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** Texts the programs read only when they start: another text replaces the pods. */
  readonly readAtStart?: readonly string[];
  readonly spec: Fields;
}

/** Runs wherever a kubelet is, whatever its node is tainted with. */
export const EVERY_TAINT = [{ operator: 'Exists' }];

/** Ordinary system pods also run on controllers. */
export const CONTROL_PLANE_TOLERATIONS = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
];

/** A container that needs nothing of its machine. */
export const CONFINED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} as const;

/** What confines a pod of an unprivileged user, with the container's {@link CONFINED}. */
export function unprivileged(user: number) {
  return { runAsNonRoot: true, runAsUser: user, runAsGroup: user, seccompProfile: { type: 'RuntimeDefault' } };
}

/** Where pods in the host's network find the API before Services work: the balancer of their node. */
export const NODE_API = [
  { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
  { name: 'KUBERNETES_SERVICE_PORT', value: String(NODE_BALANCER_PORT) },
];

/** An environment variable that holds a field of the pod, such as `status.hostIP`. */
export function fieldVariable(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}

/** One pod on every node, a few replaced at a time. */
export function daemonSet(pods: Pods): KubernetesObject {
  return workload('DaemonSet', pods, {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
  });
}

/**
 * One pod on each node that is named, each gone before its successor begins: both would want the
 * same ports of the machine.
 */
export function oneByOne(pods: Pods): KubernetesObject {
  return workload('DaemonSet', pods, {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  });
}

/** A number of pods, wherever the scheduler puts them. */
export function deployment(pods: Pods, replicas: number): KubernetesObject {
  return workload('Deployment', pods, {
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: replicas > 1 ? 1 : 0 } },
  });
}

function workload(kind: string, { addon, labels, nodes, readAtStart, spec }: Pods, settings: Fields): KubernetesObject {
  const podLabels = { ...standardLabels(addon), ...labels };
  const annotations = readAtStart === undefined ? undefined : { 'ironkeel.dev/config': digest(readAtStart) };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { ...systemMeta(addon), labels: podLabels },
    spec: {
      ...settings,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(addon) },
      template: {
        metadata: { labels: podLabels, ...(annotations === undefined ? {} : { annotations }) },
        spec: { nodeSelector: { 'kubernetes.io/os': 'linux', ...nodes }, ...spec },
      },
    },
  };
}

function digest(texts: readonly string[]): string {
  return sha256(texts.join('\0')).slice(0, 16);
}
