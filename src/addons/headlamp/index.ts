import { clusterMeta, clusterRoleBinding, selectorLabels, serviceAccount, systemMeta } from '../objects.js';
import { CONFINED, deployment, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';
import { DASHBOARD } from './names.js';

const NAME = DASHBOARD.workload;

/** The user of the published image; the group is the one after it. */
const USER = 100;

const READ = ['get', 'list', 'watch'];

/**
 * A dashboard that nobody reaches but through a port-forward: it has no Service, and a policy lets no pod in. It has
 * no rights of its own; whoever looks brings a token. Source: Headlamp's `charts/headlamp`.
 */
export const headlamp: Addon = {
  name: NAME,
  enabled: ({ cluster }) => cluster.addons.headlamp,
  images: ['headlamp'],
  on: 'workers',
  objects: ({ images }) => [
    serviceAccount(NAME),
    deployment({ addon: NAME, spec: podSpec(images) }, 1),
    nobodyComesIn(),
    ...viewer(),
    serviceAccount(NAME, DASHBOARD.accounts.admin),
    clusterRoleBinding(NAME, 'ironkeel:headlamp-admin', 'cluster-admin', { serviceAccount: DASHBOARD.accounts.admin }),
  ],
};

function podSpec(images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    securityContext: { ...unprivileged(USER), runAsGroup: USER + 1 },
    containers: [
      {
        name: NAME,
        image: images.headlamp,
        imagePullPolicy: 'IfNotPresent',
        args: ['-in-cluster', '-plugins-dir=/headlamp/plugins'],
        ports: [{ name: 'http', containerPort: DASHBOARD.port, protocol: 'TCP' }],
        livenessProbe: { ...probe(), failureThreshold: 6 },
        readinessProbe: probe(),
        resources: { requests: { cpu: '10m', memory: '64Mi' } },
        securityContext: CONFINED,
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
}

function probe() {
  return { httpGet: { path: '/', port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 };
}

/** A port-forward enters the pod's own network, and the kubelet asks from its machine: neither is a pod. */
function nobodyComesIn(): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: systemMeta(NAME),
    spec: { podSelector: { matchLabels: selectorLabels(NAME) }, policyTypes: ['Ingress'] },
  };
}

/** Sees what `view` shows, so no Secret, and beside it what belongs to no namespace. */
function viewer(): KubernetesObject[] {
  const account = DASHBOARD.accounts.view;
  const name = 'ironkeel:headlamp-view';
  const read = (group: string, ...resources: string[]) => ({ apiGroups: [group], resources, verbs: READ });
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: clusterMeta(NAME, name),
    rules: [
      read('', 'nodes', 'persistentvolumes'),
      read('storage.k8s.io', 'storageclasses'),
      read('networking.k8s.io', 'ingressclasses'),
      read('scheduling.k8s.io', 'priorityclasses'),
      read('apiextensions.k8s.io', 'customresourcedefinitions'),
    ],
  };
  return [
    serviceAccount(NAME, account),
    role,
    clusterRoleBinding(NAME, name, name, { serviceAccount: account }),
    clusterRoleBinding(NAME, `${name}:namespaces`, 'view', { serviceAccount: account }),
  ];
}
