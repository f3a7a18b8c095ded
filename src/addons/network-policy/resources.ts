import { clusterMeta } from '../objects.js';
import type { KubernetesObject } from '../types.js';

/** The group Calico's own resources live in when the Kubernetes API is its store. */
export const CALICO_GROUP = 'crd.projectcalico.org';

interface CalicoResource {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced?: boolean;
}

/**
 * What the agent lists before it believes it knows every policy: each has to exist, even if nobody makes one.
 * Source: felix' `felixsyncer`, without what only Calico's address management has.
 */
const RESOURCES: readonly CalicoResource[] = [
  { kind: 'BGPConfiguration', plural: 'bgpconfigurations' },
  { kind: 'ClusterInformation', plural: 'clusterinformations' },
  { kind: 'FelixConfiguration', plural: 'felixconfigurations' },
  { kind: 'GlobalNetworkPolicy', plural: 'globalnetworkpolicies' },
  { kind: 'GlobalNetworkSet', plural: 'globalnetworksets' },
  { kind: 'HostEndpoint', plural: 'hostendpoints' },
  { kind: 'IPPool', plural: 'ippools' },
  { kind: 'NetworkPolicy', plural: 'networkpolicies', namespaced: true },
  { kind: 'NetworkSet', plural: 'networksets', namespaced: true },
];

/** The plural names, for roles. */
export const CALICO_RESOURCES: readonly string[] = RESOURCES.map(({ plural }) => plural);

/**
 * The definitions of those resources. Their specs are not checked: the agent does that when it reads one, and the
 * cluster's own policies are Kubernetes' NetworkPolicies.
 */
export function calicoDefinitions(addon: string): KubernetesObject[] {
  return RESOURCES.map(({ kind, plural, namespaced = false }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: clusterMeta(addon, `${plural}.${CALICO_GROUP}`),
    spec: {
      group: CALICO_GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: UNCHECKED } }],
    },
  }));
}

const UNCHECKED = {
  type: 'object',
  properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
};

/** The word the agent and the CNI plugin wait for; upstream's start-up program would write it on every node. */
export function clusterInformation(addon: string): KubernetesObject {
  return {
    apiVersion: `${CALICO_GROUP}/v1`,
    kind: 'ClusterInformation',
    metadata: clusterMeta(addon, 'default'),
    spec: { clusterType: 'k8s,kdd,canal', datastoreReady: true },
  };
}
