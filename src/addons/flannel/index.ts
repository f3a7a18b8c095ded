import type { ClusterPlan } from '../../plan/index.js';
import { clusterPermissions, configMap, serviceAccount } from '../objects.js';
import { CONFINED, daemonSet, EVERY_TAINT, fieldVariable, NODE_API } from '../pods.js';
import type { Addon, AddonContext } from '../types.js';

const NAME = 'flannel';
const CONFIG_FOLDER = '/etc/kube-flannel';
const CNI_BIN_DIR = '/opt/cni/bin';
const CNI_CONF_DIR = '/etc/cni/net.d';

/** Its own default, 8081, is taken on edges by ingress controllers. */
const HEALTH_PORT = 10261;

/** The pod network: VXLAN between the nodes' addresses. Source: flannel's `Documentation/kube-flannel.yml`. */
export const flannel: Addon = {
  name: NAME,
  enabled: ({ cluster }) => cluster.cni === 'flannel',
  images: ['flannel-cni-plugin', 'flannel'],
  on: 'all',
  objects({ plan, images }) {
    const texts = { 'cni-conf.json': cniConfiguration(), 'net-conf.json': networkConfiguration(plan) };
    return [
      serviceAccount(NAME),
      ...clusterPermissions(NAME, 'ironkeel:flannel', [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
      ]),
      configMap(NAME, NAME, texts),
      daemonSet({ addon: NAME, readAtStart: Object.values(texts), spec: podSpec(plan, images) }),
    ];
  },
};

function networkConfiguration({ cluster }: ClusterPlan): string {
  return json({ Network: cluster.podRange, EnableNFTables: true, Backend: { Type: 'vxlan' } });
}

/** What the container runtime reads; `portmap` serves pods with a `hostPort`. */
function cniConfiguration(): string {
  return json({
    name: 'cbr0',
    // What every release of flannel's plugin speaks.
    cniVersion: '0.3.1',
    plugins: [
      { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function podSpec({ cluster }: ClusterPlan, images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    tolerations: EVERY_TAINT,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [
      copy('install-cni-plugin', images, '/flannel', `${CNI_BIN_DIR}/flannel`, 'cni-plugin'),
      // Beside an enforcer it is the enforcer's plugin that comes last, and its pod that writes this file.
      ...(cluster.addons.networkPolicy ? [] : [installConfiguration(images)]),
    ],
    containers: [daemon(images)],
    volumes: [
      { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
      { name: 'cni-plugin', hostPath: { path: CNI_BIN_DIR, type: 'DirectoryOrCreate' } },
      { name: 'cni', hostPath: { path: CNI_CONF_DIR, type: 'DirectoryOrCreate' } },
      { name: 'config', configMap: { name: NAME } },
    ],
  };
}

function daemon(images: AddonContext['images']) {
  return {
    name: NAME,
    image: images.flannel,
    imagePullPolicy: 'IfNotPresent',
    command: ['/opt/bin/flanneld'],
    args: [
      '--ip-masq',
      '--kube-subnet-mgr',
      // The interface that has the address the node is known by, whatever else the machine has.
      '--iface=$(HOST_IP)',
      '--healthz-ip=127.0.0.1',
      `--healthz-port=${HEALTH_PORT}`,
    ],
    env: [
      fieldVariable('POD_NAME', 'metadata.name'),
      fieldVariable('POD_NAMESPACE', 'metadata.namespace'),
      fieldVariable('HOST_IP', 'status.hostIP'),
      ...NODE_API,
      { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
    ],
    livenessProbe: { ...probe('/healthz'), initialDelaySeconds: 10, periodSeconds: 30 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '50Mi' } },
    securityContext: { ...CONFINED, capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] } },
    volumeMounts: [
      { name: 'run', mountPath: '/run/flannel' },
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    ],
  };
}

function probe(path: string) {
  return { httpGet: { host: '127.0.0.1', path, port: HEALTH_PORT } };
}

function installConfiguration(images: AddonContext['images']) {
  const [from, to] = [`${CONFIG_FOLDER}/cni-conf.json`, `${CNI_CONF_DIR}/10-flannel.conflist`];
  return copy('install-cni', images, from, to, 'cni');
}

/** Both files come from the plugin's image, which is made for copying. */
function copy(name: string, images: AddonContext['images'], from: string, to: string, volume: string) {
  return {
    name,
    image: images['flannel-cni-plugin'],
    imagePullPolicy: 'IfNotPresent',
    command: ['cp'],
    args: ['-f', from, to],
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    // Root with no capability: the machine's folders belong to root.
    securityContext: CONFINED,
    volumeMounts: [
      { name: volume, mountPath: to.slice(0, to.lastIndexOf('/')) },
      ...(from.startsWith(CONFIG_FOLDER) ? [{ name: 'config', mountPath: CONFIG_FOLDER, readOnly: true }] : []),
    ],
  };
}
