import { certManagerRelease } from '../../releases/cert-manager.js';
import { isServed } from '../default-http-backend/index.js';
import { clusterMeta } from '../objects.js';
import type { Addon, KubernetesObject } from '../types.js';
import { webhookRegistrations } from './admission.js';
import { acmeDomains } from './domains.js';
import { acmeIssuer, wildcardCertificates } from './issuer.js';
import { CONTROLLER, NAMESPACE } from './names.js';
import { permissions } from './permissions.js';
import { workloads } from './pods.js';

/** Certificates from an ACME server for the domains that want them. Source: cert-manager's chart. */
export const certManager: Addon = {
  name: 'cert-manager',
  enabled: (plan) => isServed(plan) && plan.cluster.acme !== undefined && acmeDomains(plan.cluster).length > 0,
  images: [
    'cert-manager-controller',
    'cert-manager-webhook',
    'cert-manager-cainjector',
    // Runs in the namespace of whoever wants a certificate, for as long as its proof takes.
    'cert-manager-acmesolver',
  ],
  on: 'workers',
  objects: ({ plan, images }) => [
    namespace(),
    ...definitions(),
    ...permissions(),
    ...workloads(plan.cluster, images),
    ...webhookRegistrations(),
    acmeIssuer(plan.cluster),
    ...wildcardCertificates(plan.cluster),
  ],
};

/** Its pods need nothing of their machine, and no other pod is to be there. */
function namespace(): KubernetesObject {
  const meta = clusterMeta(CONTROLLER, NAMESPACE);
  const labels = { ...meta.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { ...meta, labels } };
}

function definitions(): KubernetesObject[] {
  return certManagerRelease().definitions.map((definition) => {
    const { name, annotations } = definition.metadata;
    return { ...definition, metadata: { ...clusterMeta(CONTROLLER, name), ...(annotations && { annotations }) } };
  });
}
