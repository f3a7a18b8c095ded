import type { Cluster, Machine } from '../inventory/types.js';
import { addressInRange } from '../support/ipv4.js';
import type { ClusterPlan, EtcdMember, Node } from './types.js';

/**
 * Derives from the inventory what every machine has to agree on. Pure; the inventory has been validated,
 * so ranges are well-formed and there is at least one controller.
 */
export function planCluster(cluster: Cluster): ClusterPlan {
  const nodes = cluster.machines.map((machine) => ({ machine, nodeName: nodeNameOf(cluster, machine) }));
  const controllers = nodes.filter(isController);
  return {
    cluster,
    nodes,
    controllers,
    apiUrl: `https://${cluster.endpoint.host}:${cluster.endpoint.port}`,
    kubernetesServiceIp: addressInRange(cluster.serviceRange, 1),
    clusterDnsIp: addressInRange(cluster.serviceRange, 10),
    etcdMembers: cluster.etcd.external === undefined ? controllers.flatMap(etcdMember) : [],
  };
}

/** Validation has refused controllers without a known address. */
function etcdMember({ machine: { name, ip } }: Node): EtcdMember[] {
  return ip === undefined ? [] : [{ name, ip, clientUrl: `https://${ip}:2379`, peerUrl: `https://${ip}:2380` }];
}

/** Whether the node runs the control plane. */
export function isController(node: Node): boolean {
  return node.machine.role === 'controller';
}

/** Whether the node takes requests from the world with an ingress of ours. */
export function hasIngress({ cluster }: ClusterPlan, { machine }: Node): boolean {
  return machine.role === 'edge' && cluster.ingress.controller !== 'none';
}

/** Whether the node may have the floating address. */
export function sharesAddress({ cluster }: ClusterPlan, { machine }: Node): boolean {
  return machine.role === 'edge' && cluster.ingress.floatingAddress !== undefined;
}

/** Kubernetes wants lower case (RFC 1123); validation has refused anything else already. */
function nodeNameOf(cluster: Cluster, machine: Machine): string {
  return cluster.nodeNames === 'ip' && machine.ip !== undefined ? machine.ip : machine.name;
}
