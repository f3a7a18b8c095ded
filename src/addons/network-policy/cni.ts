import { KUBECONFIG_DIR } from '../../pki/paths.js';

/** Overwrites what flannel would write alone, and is overwritten by it when policies are turned off. */
export const CNI_CONF_NAME = '10-flannel.conflist';

/** The installing program puts the node's name here. Source: Calico's `cni-plugin/pkg/install`. */
const NODE_NAME = '__KUBERNETES_NODE_NAME__';

/**
 * What the container runtime reads: flannel says which addresses and which MTU, Calico's plugin makes the interface
 * and names it so that the agent finds it, `portmap` serves pods with a `hostPort`. No bridge is between the pods
 * of a node: their packets would pass the agent's rules unseen. The network's name is the same as without policies,
 * because host-local keeps its reservations by it.
 */
export function policyCniConfiguration(): string {
  const flannel = {
    type: 'flannel',
    // Flannel adds a route to the pod network; Calico's default route has to be asked for beside it.
    delegate: { ...calicoPlugin(), include_default_routes: true },
  };
  const plugins = [flannel, { type: 'portmap', snat: true, capabilities: { portMappings: true } }];
  return `${JSON.stringify({ name: 'cbr0', cniVersion: '0.3.1', plugins }, null, 2)}\n`;
}

/** It speaks to the API as the kubelet that calls it, so no further credential lies on the machine. */
function calicoPlugin() {
  return {
    type: 'calico',
    datastore_type: 'kubernetes',
    nodename: NODE_NAME,
    nodename_file_optional: true,
    log_level: 'error',
    policy: { type: 'k8s' },
    kubernetes: { kubeconfig: `${KUBECONFIG_DIR}/kubelet.yaml` },
  };
}
