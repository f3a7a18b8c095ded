import type { Cluster } from '../../inventory/types.js';
import { proxyVariables } from '../../manifests/containerd.js';
import type { ComponentImages } from '../../releases/images.js';
import { selectorLabels } from '../objects.js';
import { CONFINED, deployment, type Fields, unprivileged } from '../pods.js';
import type { KubernetesObject } from '../types.js';
import {
  CONFIG_FILE,
  CONFIG_FOLDER,
  CONTROLLER_HEALTH_PORT,
  configurationTexts,
  WEBHOOK_HEALTH_PORT,
  WEBHOOK_PORT,
} from './configuration.js';
import { CAINJECTOR, CONTROLLER, NAMESPACE, ownMeta, WEBHOOK } from './names.js';

/** The user of the published images. */
const USER = 1000;

/** The parts with their configuration, and the webhook's Service. */
export function workloads(cluster: Cluster, images: ComponentImages): KubernetesObject[] {
  const texts = configurationTexts(images);
  const part = (name: string, container: Fields) => [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: ownMeta(name), data: { [CONFIG_FILE]: texts[name] ?? '' } },
    partDeployment(name, texts[name] ?? '', container),
  ];
  return [
    ...part(CAINJECTOR, injector(images)),
    ...part(WEBHOOK, webhook(images)),
    webhookService(),
    ...part(CONTROLLER, controller(cluster, images)),
  ];
}

function partDeployment(name: string, text: string, container: Fields): KubernetesObject {
  const made = deployment({ addon: name, readAtStart: [text], spec: podSpec(name, container) }, 1);
  return { ...made, metadata: { ...made.metadata, namespace: NAMESPACE } };
}

function podSpec(name: string, container: Fields): Fields {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    priorityClassName: 'system-cluster-critical',
    affinity: { nodeAffinity: awayFromEdges() },
    securityContext: unprivileged(USER),
    containers: [
      {
        name,
        imagePullPolicy: 'IfNotPresent',
        args: [`--config=${CONFIG_FOLDER}/${CONFIG_FILE}`],
        resources: { requests: { cpu: '10m', memory: '48Mi' } },
        securityContext: CONFINED,
        volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
        ...container,
      },
    ],
    volumes: [{ name: 'config', configMap: { name } }],
  };
}

/** It may read every Secret: not on a machine that the world sees, where there is another. */
function awayFromEdges() {
  const term = { key: 'node-restriction.kubernetes.io/role', operator: 'NotIn', values: ['edge-router'] };
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions: [term] } }],
  };
}

function controller(cluster: Cluster, images: ComponentImages): Fields {
  const variables = Object.entries(proxyVariables(cluster)).map(([name, value]) => ({ name, value }));
  return {
    image: images['cert-manager-controller'],
    ...(variables.length === 0 ? {} : { env: variables }),
    ports: [
      { name: 'metrics', containerPort: 9402, protocol: 'TCP' },
      { name: 'health', containerPort: CONTROLLER_HEALTH_PORT, protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/livez', port: 'health' },
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 15,
      failureThreshold: 8,
    },
    resources: { requests: { cpu: '20m', memory: '96Mi' } },
  };
}

function webhook(images: ComponentImages): Fields {
  return {
    image: images['cert-manager-webhook'],
    ports: [
      { name: 'https', containerPort: WEBHOOK_PORT, protocol: 'TCP' },
      { name: 'health', containerPort: WEBHOOK_HEALTH_PORT, protocol: 'TCP' },
    ],
    livenessProbe: { httpGet: { path: '/livez', port: 'health' }, initialDelaySeconds: 60, periodSeconds: 10 },
    readinessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 5 },
  };
}

function injector(images: ComponentImages): Fields {
  return { image: images['cert-manager-cainjector'] };
}

function webhookService(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownMeta(WEBHOOK),
    spec: {
      selector: selectorLabels(WEBHOOK),
      ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP', appProtocol: 'https' }],
    },
  };
}
