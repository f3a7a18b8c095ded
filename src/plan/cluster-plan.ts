import type { Cluster, Machine } from '../inventory/types.js';
import { addressInRange } from '../support/ipv4.js';
import type { ClusterPlan, Node } from './types.js';

/**
 * Derives from the inventory what every machine has to agree on. Pure; the inventory has been validated,
 * so ranges are well-formed and there is at least one controller.
 */
export function planCluster(cluster: Cluster): ClusterPlan {
  const nodes = cluster.machines.map((machine) => ({ machine, nodeName: nodeNameOf(cluster, machine) }));
  return {
    cluster,
    nodes,
    controllers: nodes.filter(isController),
    apiUrl: `https://${cluster.endpoint.host}:${cluster.endpoint.port}`,
    kubernetesServiceIp: addressInRange(cluster.serviceRange, 1),
    clusterDnsIp: addressInRange(cluster.serviceRange, 10),
  };
}

/** Whether the node runs the control plane. */
export function isController(node: Node): boolean {
  return node.machine.role === 'controller';
}

/** Kubernetes wants lower case (RFC 1123); validation has refused anything else already. */
function nodeNameOf(cluster: Cluster, machine: Machine): string {
  return cluster.nodeNames === 'ip' && machine.ip !== undefined ? machine.ip : machine.name;
}
