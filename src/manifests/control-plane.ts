import type { ClusterPlan, HostDirectory, HostFile, Node } from '../plan/index.js';
import { hostDirectory, isController } from '../plan/index.js';
import type { ComponentImages } from '../releases/images.js';
import type { Secrets } from '../secrets/types.js';
import { apiServerFiles } from './api-server.js';
import { balancerFiles } from './balancer.js';
import { controllerManagerFiles } from './controller-manager.js';
import { etcdFiles } from './etcd.js';
import { floatingFiles } from './floating/index.js';
import { API_SERVER, ETCD, KUBELET, STATIC_PODS } from './paths.js';
import { schedulerFiles } from './scheduler.js';
import { COMPONENT_USERS } from './users.js';

/** What the static pods of one machine are rendered from. */
export interface ControlPlaneContext {
  readonly plan: ClusterPlan;
  readonly node: Node;
  readonly secrets: Pick<Secrets, 'clusterId' | 'encryptionKeys'>;
  readonly images: ComponentImages;
  /** `existing` once the cluster was seen to be up: a member with an empty disk then forms no new one. */
  readonly etcdState: EtcdState;
  /** The machine's certificates, keys and kubeconfigs. */
  readonly pkiFiles: readonly HostFile[];
}

export type EtcdState = 'new' | 'existing';

/**
 * The static pods of one machine with their configuration: the balancer everywhere, the control plane on
 * controllers, with an etcd member unless etcd is external, and on edges what shares their floating address.
 */
export function staticPodFiles(context: ControlPlaneContext): HostFile[] {
  const { plan, node, images, pkiFiles } = context;
  const balancer = balancerFiles(plan, images.balancer, pkiFiles);
  if (!isController(node)) return [...balancer, ...floatingFiles(plan, node, images.keepalived)];
  return [
    ...balancer,
    ...(plan.etcdMembers.length > 0 ? etcdFiles(context) : []),
    ...apiServerFiles(context),
    ...controllerManagerFiles(context),
    ...schedulerFiles(context),
  ];
}

/** The folders that the kubelet and the static pods need, each its user's. */
export function staticPodDirectories(plan: ClusterPlan, node: Node): HostDirectory[] {
  const common = [hostDirectory(STATIC_PODS, 0o700), hostDirectory(KUBELET.dropIns, 0o755)];
  if (!isController(node)) return common;
  return [
    ...common,
    hostDirectory(API_SERVER.logs, 0o700, COMPONENT_USERS.controlPlane),
    ...(plan.etcdMembers.length > 0 ? [hostDirectory(ETCD.data, 0o700, COMPONENT_USERS.etcd)] : []),
  ];
}
