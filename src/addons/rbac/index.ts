import { ADMIN_GROUP, KUBELET_API_GROUP, NODES_GROUP } from '../../pki/identities.js';
import { clusterRoleBinding } from '../objects.js';
import type { Addon } from '../types.js';

/** What the API server itself made at its start covers the components; these bindings cover our certificates. */
export const rbac: Addon = {
  name: 'rbac',
  enabled: () => true,
  images: [],
  on: 'all',
  objects: () => [
    bindGroup('ironkeel:cluster-admins', 'cluster-admin', ADMIN_GROUP),
    bindGroup('ironkeel:kubelet-api-admins', 'system:kubelet-api-admin', KUBELET_API_GROUP),
    // The controller manager signs a kubelet's request for its own next certificate by itself.
    bindGroup(
      'ironkeel:node-client-renewal',
      'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
      NODES_GROUP,
    ),
  ],
};

function bindGroup(name: string, role: string, group: string) {
  return clusterRoleBinding('rbac', name, role, { group });
}
