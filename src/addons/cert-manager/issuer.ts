import type { Cluster } from '../../inventory/types.js';
import { clusterMeta } from '../objects.js';
import type { KubernetesObject } from '../types.js';
import { CONTROLLER, ISSUER } from './names.js';

/** What the user's Ingresses have for a class; see the ingress addon. */
const INGRESS_CLASS = 'nginx';

/** Domains whose certificates come from the ACME server. */
export function acmeDomains({ domains }: Pick<Cluster, 'domains'>): readonly string[] {
  return domains.flatMap(({ name, acme }) => (acme === undefined ? [] : [name]));
}

/**
 * The issuer for every namespace: an account with the ACME server, hosts of the domains proven by HTTP, wildcards by
 * DNS. A solver for HTTP never fits a wildcard, and the first of those that fit a host is taken.
 */
export function acmeIssuer(cluster: Cluster): KubernetesObject {
  const { acme } = cluster;
  if (acme === undefined) throw new Error('an inventory without an ACME server has domains that want one');
  const selector = { dnsZones: acmeDomains(cluster) };
  const dns = acme.dns01 === undefined ? [] : [{ selector, dns01: acme.dns01 }];
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: clusterMeta(CONTROLLER, ISSUER),
    spec: {
      acme: {
        email: acme.email,
        server: acme.server,
        ...(acme.ca === undefined ? {} : { caBundle: Buffer.from(acme.ca).toString('base64') }),
        privateKeySecretRef: { name: 'acme-account' },
        solvers: [{ selector, http01: { ingress: solverIngress() } }, ...dns],
      },
    },
  };
}

/** No NodePort, which is upstream's default: the edge's nginx reaches pods by themselves. */
function solverIngress() {
  return { ingressClassName: INGRESS_CLASS, serviceType: 'ClusterIP' };
}
