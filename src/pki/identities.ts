/**
 * The users and groups our certificates name. Kubernetes takes CN for the user and O for the group; the
 * bindings rendered at bring-up refer to these.
 */

/** Group of the operator's certificate; a rendered ClusterRoleBinding gives it `cluster-admin`. */
export const ADMIN_GROUP = 'ironkeel:cluster-admins';

/**
 * Group of the certificate API servers show to kubelets, to be bound to `system:kubelet-api-admin`: that
 * suffices for logs and exec, where `system:masters` would let a stolen key do anything.
 */
export const KUBELET_API_GROUP = 'ironkeel:kubelet-api-admins';

/** Allowed everything before any binding exists, and irrevocably: for break-glass and for the first apply. */
export const MASTERS_GROUP = 'system:masters';

/** Who a controller is when it applies what the cluster consists of. */
export const BOOTSTRAP_USER = 'ironkeel:bootstrap';

/** Group the node authorizer demands. */
export const NODES_GROUP = 'system:nodes';

/** User of a kubelet, which the node authorizer and NodeRestriction confine to its own node. */
export function nodeUser(nodeName: string): string {
  return `system:node:${nodeName}`;
}
