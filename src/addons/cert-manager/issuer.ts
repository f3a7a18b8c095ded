import type { Cluster } from '../../inventory/types.js';
import { clusterMeta, systemMeta } from '../objects.js';
import { INGRESS_CLASS } from '../traefik/arguments.js';
import type { KubernetesObject } from '../types.js';
import { acmeDomains, acmeWildcards } from './domains.js';
import { CONTROLLER, ISSUER } from './names.js';

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

/** No NodePort, which is upstream's default: an edge reaches pods by themselves. */
function solverIngress() {
  return { ingressClassName: INGRESS_CLASS, serviceType: 'ClusterIP' };
}

/** Asked for by nobody's Ingress: they are there at once, and are renewed, whatever is deployed. */
export function wildcardCertificates(cluster: Cluster): KubernetesObject[] {
  return acmeWildcards(cluster).map(({ hosts, secretName }) => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: systemMeta(CONTROLLER, secretName),
    spec: {
      secretName,
      dnsNames: hosts,
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: ISSUER },
      privateKey: { algorithm: 'ECDSA', size: 256 },
    },
  }));
}
