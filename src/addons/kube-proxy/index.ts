import { encodeYaml, type YamlValue } from '../../formats/yaml.js';
import type { ClusterPlan } from '../../plan/index.js';
import { clusterRoleBinding, configMap, serviceAccount } from '../objects.js';
import { daemonSet, EVERY_TAINT, fieldVariable } from '../pods.js';
import type { Addon, AddonContext } from '../types.js';
import { CONFIG_FOLDER, kubeProxyConfiguration, kubeProxyKubeconfig } from './configuration.js';

const NAME = 'kube-proxy';

/** Services, by nftables on every node. */
export const kubeProxy: Addon = {
  name: NAME,
  enabled: () => true,
  images: ['kube-proxy'],
  on: 'all',
  objects({ plan, images }) {
    const texts = configTexts(plan);
    return [
      serviceAccount(NAME),
      clusterRoleBinding(NAME, 'ironkeel:kube-proxy', 'system:node-proxier', { serviceAccount: NAME }),
      configMap(NAME, NAME, texts),
      daemonSet({
        addon: NAME,
        labels: { 'k8s-app': NAME },
        readAtStart: Object.values(texts),
        spec: podSpec(images),
      }),
    ];
  },
};

function configTexts(plan: ClusterPlan, extra: Readonly<Record<string, unknown>> = {}) {
  return { 'config.yaml': kubeProxyConfiguration(plan, extra), 'kubeconfig.yaml': kubeProxyKubeconfig() };
}

/**
 * kube-proxy's ConfigMap with more fields in its configuration, as YAML: put into `/etc/kubernetes/addons.d` of every
 * controller it takes the place of Ironkeel's. For machines that differ from what the inventory says, as a lab's do.
 */
export function kubeProxyOverride(plan: ClusterPlan, extra: Readonly<Record<string, unknown>>): string {
  return encodeYaml(configMap(NAME, NAME, configTexts(plan, extra)) as unknown as YamlValue);
}

function podSpec(images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    tolerations: EVERY_TAINT,
    containers: [
      {
        name: NAME,
        image: images['kube-proxy'],
        imagePullPolicy: 'IfNotPresent',
        command: [
          '/usr/local/bin/kube-proxy',
          `--config=${CONFIG_FOLDER}/config.yaml`,
          '--hostname-override=$(NODE_NAME)',
        ],
        env: [fieldVariable('NODE_NAME', 'spec.nodeName')],
        readinessProbe: { httpGet: { host: '127.0.0.1', path: '/livez', port: 10256 }, periodSeconds: 5 },
        resources: { requests: { cpu: '50m', memory: '64Mi' } },
        // It writes the kernel's settings for connection tracking, which only a privileged container may.
        securityContext: { privileged: true },
        volumeMounts: [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: NAME } }],
  };
}
