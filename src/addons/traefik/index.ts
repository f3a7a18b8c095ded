import { COMPONENT_USERS } from '../../manifests/users.js';
import type { ClusterPlan } from '../../plan/index.js';
import { acmeWildcards } from '../cert-manager/domains.js';
import { DEFAULT_BACKEND, DEFAULT_BACKEND_PORT, isServed } from '../default-http-backend/index.js';
import { EDGE_NODES } from '../nodes.js';
import { clusterMeta, clusterPermissions, serviceAccount, systemMeta } from '../objects.js';
import { CONFINED, EVERY_TAINT, NODE_API, oneByOne, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';
import { INGRESS_CLASS, STATUS_PORT, traefikArguments, WEB_PORTS } from './arguments.js';
import { INGRESS_DIR } from './machine-files.js';

const NAME = 'traefik';

/** Below the router that Traefik makes of a user's own default backend, which has the lowest 32-bit number. */
const LAST = String(-(2 ** 31) - 1);

/**
 * The ingress: Traefik on every edge, on the machine's own ports 80 and 443, so that it sees who the client is.
 * Sources: Traefik's reference, "Kubernetes Ingress", and its Helm chart's RBAC.
 */
export const traefik: Addon = {
  name: NAME,
  enabled: isServed,
  images: ['traefik'],
  on: 'edges',
  objects: (context) => [
    serviceAccount(NAME),
    ...clusterPermissions(NAME, 'ironkeel:traefik', [
      { apiGroups: [''], resources: ['nodes', 'services', 'secrets'], verbs: READ },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: READ },
    ]),
    ingressClass(),
    oneByOne({ addon: NAME, nodes: EDGE_NODES, spec: podSpec(context) }),
    catchAll(context.plan),
  ],
};

/** It watches lists and asks for nothing single. */
const READ = ['list', 'watch'];

/** Ingresses that name no class get this one. */
function ingressClass(): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      ...clusterMeta(NAME, INGRESS_CLASS),
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    },
    spec: { controller: 'traefik.io/ingress-controller' },
  };
}

function podSpec({ plan, images }: AddonContext) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    tolerations: EVERY_TAINT,
    // Ports 80 and 443 are free for it by a kernel parameter of edges.
    securityContext: unprivileged(COMPONENT_USERS.ingress),
    // Longer than Traefik gives requests to end.
    terminationGracePeriodSeconds: 30,
    containers: [
      {
        name: NAME,
        image: images.traefik,
        imagePullPolicy: 'IfNotPresent',
        args: traefikArguments(plan.cluster.ingress),
        env: NODE_API,
        ports: Object.entries(WEB_PORTS).map(([name, port]) => ({
          name,
          containerPort: port,
          hostPort: port,
          protocol: 'TCP',
        })),
        livenessProbe: { ...ping(), initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 3 },
        readinessProbe: { ...ping(), periodSeconds: 2, failureThreshold: 1 },
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
        securityContext: CONFINED,
        volumeMounts: [{ name: 'certificates', mountPath: INGRESS_DIR, readOnly: true }],
      },
    ],
    volumes: [{ name: 'certificates', hostPath: { path: INGRESS_DIR, type: 'Directory' } }],
  };
}

function ping() {
  return { httpGet: { host: '127.0.0.1', path: '/ping', port: STATUS_PORT } };
}

/**
 * Whatever host and path: what no Ingress names, and no default backend of the user's own takes, ends here. The wildcards
 * that an ACME server signs are served for every Ingress because this one names them.
 */
function catchAll({ cluster }: ClusterPlan): KubernetesObject {
  const wildcards = acmeWildcards(cluster).map(({ hosts, secretName }) => ({ hosts, secretName }));
  const service = { name: DEFAULT_BACKEND, port: { number: DEFAULT_BACKEND_PORT } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...systemMeta(NAME, DEFAULT_BACKEND),
      annotations: { 'traefik.ingress.kubernetes.io/router.priority': LAST },
    },
    spec: {
      ingressClassName: INGRESS_CLASS,
      ...(wildcards.length === 0 ? {} : { tls: wildcards }),
      rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
    },
  };
}
