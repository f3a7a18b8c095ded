import {
  clusterMeta,
  clusterPermissions,
  clusterRoleBinding,
  roleBinding,
  selectorLabels,
  serviceAccount,
  systemMeta,
} from '../objects.js';
import { CONFINED, deployment, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';

const NAME = 'metrics-server';
const PORT = 10250;

/** Figures for `kubectl top` and autoscaling. Source: metrics-server's `manifests/base`. */
export const metricsServer: Addon = {
  name: NAME,
  enabled: ({ cluster }) => cluster.addons.metricsServer,
  images: ['metrics-server'],
  on: 'workers',
  objects: ({ images }) => [
    serviceAccount(NAME),
    ...clusterPermissions(NAME, 'ironkeel:metrics-server', [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ]),
    clusterRoleBinding(NAME, 'ironkeel:metrics-server:auth-delegator', 'system:auth-delegator', {
      serviceAccount: NAME,
    }),
    roleBinding(NAME, 'ironkeel:metrics-server:auth-reader', 'extension-apiserver-authentication-reader'),
    readersRole(),
    deployment({ addon: NAME, spec: podSpec(images) }, 1),
    service(),
    apiService(),
  ],
};

/** Whoever may view a namespace also sees what its pods use. */
function readersRole(): KubernetesObject {
  const meta = clusterMeta(NAME, 'ironkeel:metrics-reader');
  const views = ['admin', 'edit', 'view'].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { ...meta, labels: { ...meta.labels, ...Object.fromEntries(views) } },
    rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
  };
}

function podSpec(images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    securityContext: unprivileged(65534),
    containers: [
      {
        name: NAME,
        image: images['metrics-server'],
        imagePullPolicy: 'IfNotPresent',
        args: [
          '--cert-dir=/tmp',
          `--secure-port=${PORT}`,
          // The cluster's authority signed the kubelets' certificates; every pod has it beside its token.
          '--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
          '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
          '--kubelet-use-node-status-port',
          '--metric-resolution=15s',
        ],
        ports: [{ name: 'https', containerPort: PORT, protocol: 'TCP' }],
        livenessProbe: { ...probe('/livez'), initialDelaySeconds: 10 },
        readinessProbe: probe('/readyz'),
        resources: { requests: { cpu: '50m', memory: '100Mi' } },
        securityContext: CONFINED,
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
}

function probe(path: string) {
  return { httpGet: { path, port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 };
}

function service(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: systemMeta(NAME),
    spec: {
      selector: selectorLabels(NAME),
      ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP', appProtocol: 'https' }],
    },
  };
}

/** Not verified, as upstream: the certificate is made by the pod at its start, and nobody could sign it beforehand. */
function apiService(): KubernetesObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: clusterMeta(NAME, 'v1beta1.metrics.k8s.io'),
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: NAME, namespace: systemMeta(NAME).namespace, port: 443 },
    },
  };
}
