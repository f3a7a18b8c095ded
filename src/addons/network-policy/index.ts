import { NODES_GROUP } from '../../pki/identities.js';
import { clusterMeta, clusterPermissions, clusterRoleBinding, type RoleRule, serviceAccount } from '../objects.js';
import { daemonSet } from '../pods.js';
import type { Addon, KubernetesObject } from '../types.js';
import { agentPod } from './pod.js';
import { CALICO_GROUP, CALICO_RESOURCES, calicoDefinitions, clusterInformation } from './resources.js';

const NAME = 'network-policy';
const PLUGIN_ROLE = 'ironkeel:network-policy-cni';

/**
 * Enforces Kubernetes' NetworkPolicies beside flannel: Calico's agent, felix, and its CNI plugin, in the pairing
 * known as canal. Calico gives no addresses here, routes nothing between nodes and translates nothing.
 * Source: Calico's `manifests/canal.yaml`.
 */
export const networkPolicy: Addon = {
  name: NAME,
  enabled: ({ cluster }) => cluster.cni === 'flannel' && cluster.addons.networkPolicy,
  images: ['flannel-cni-plugin', 'network-policy-cni', 'network-policy'],
  on: 'all',
  objects({ images }) {
    return [
      ...calicoDefinitions(NAME),
      clusterInformation(NAME),
      serviceAccount(NAME),
      ...clusterPermissions(NAME, 'ironkeel:network-policy', AGENT_RULES),
      ...pluginPermissions(),
      daemonSet({ addon: NAME, spec: agentPod(NAME, images) }),
    ];
  },
};

/** The agent reads, and writes nothing. */
const WATCH = ['list', 'watch'];
const AGENT_RULES: readonly RoleRule[] = [
  { apiGroups: [''], resources: ['namespaces', 'nodes', 'pods', 'serviceaccounts', 'services'], verbs: WATCH },
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: WATCH },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: WATCH },
  { apiGroups: [CALICO_GROUP], resources: CALICO_RESOURCES, verbs: WATCH },
  { apiGroups: [CALICO_GROUP], resources: ['clusterinformations', 'felixconfigurations'], verbs: ['get'] },
];

/** What the CNI plugin needs beyond the kubelet's own right to its pods. */
const PLUGIN_RULES: readonly RoleRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  { apiGroups: [CALICO_GROUP], resources: ['clusterinformations'], verbs: ['get'] },
];

function pluginPermissions(): KubernetesObject[] {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: clusterMeta(NAME, PLUGIN_ROLE),
    rules: PLUGIN_RULES,
  };
  return [role, clusterRoleBinding(NAME, PLUGIN_ROLE, PLUGIN_ROLE, { group: NODES_GROUP })];
}
