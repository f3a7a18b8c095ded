import type { ComponentImages } from '../../releases/images.js';
import { CONFINED, EVERY_TAINT, type Fields, fieldVariable, NODE_API } from '../pods.js';
import { CNI_CONF_NAME, policyCniConfiguration } from './cni.js';

/** Felix' own default, on loopback alone. */
const HEALTH_PORT = 9099;

const CNI_FOLDER = '/etc/cni/net.d';

/** Where flannel leaves the node's addresses, until the next boot. */
const FLANNEL_FOLDER = '/run/flannel';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod of every node: puts the CNI plugin in its place, then runs the agent. */
export function agentPod(addon: string, images: ComponentImages): Fields {
  return {
    serviceAccountName: addon,
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    // Its rules stay in the kernel; there is nothing to wait for.
    terminationGracePeriodSeconds: 5,
    tolerations: EVERY_TAINT,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [installer(images['network-policy-cni']), opener(images['flannel-cni-plugin'])],
    containers: [agent(addon, images['network-policy'])],
    volumes: [
      { name: 'cni-plugin', hostPath: { path: '/opt/cni/bin', type: 'DirectoryOrCreate' } },
      { name: 'cni', hostPath: { path: CNI_FOLDER, type: 'DirectoryOrCreate' } },
      { name: 'cni-written', emptyDir: {} },
      { name: 'flannel', hostPath: { path: FLANNEL_FOLDER, type: 'DirectoryOrCreate' } },
      { name: 'no-token', emptyDir: { medium: 'Memory' } },
      { name: 'state', emptyDir: {} },
    ],
  };
}

/** Writes the plugin, then the configuration that names it, and that where no program looks for it yet. */
function installer(image: string) {
  return {
    name: 'install-cni',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/opt/cni/bin/install'],
    env: [
      { name: 'CNI_CONF_NAME', value: CNI_CONF_NAME },
      { name: 'CNI_OLD_CONF_NAME', value: CNI_CONF_NAME },
      { name: 'CNI_NETWORK_CONFIG', value: policyCniConfiguration() },
      { name: 'SKIP_CNI_BINARIES', value: OTHER_PLUGINS.join(',') },
      { name: 'SLEEP', value: 'false' },
      fieldVariable('KUBERNETES_NODE_NAME', 'spec.nodeName'),
    ],
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    // Root with no capability: the machine's folders belong to root.
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'cni-plugin', mountPath: '/host/opt/cni/bin' },
      { name: 'cni-written', mountPath: '/host/etc/cni/net.d' },
      // With a token at hand the program would write a kubeconfig beside the configuration.
      { name: 'no-token', mountPath: TOKEN_PATH, readOnly: true },
    ],
  };
}

/**
 * Puts the configuration in its place once flannel has the node's addresses. With it the node is Ready and gets pods;
 * one that fails for want of an address is tried again after ten to fifteen seconds only.
 */
function opener(image: string) {
  const place = `${CNI_FOLDER}/${CNI_CONF_NAME}`;
  const steps = [
    `until [ -s ${FLANNEL_FOLDER}/subnet.env ]; do sleep 0.2; done`,
    `cp -f /written/${CNI_CONF_NAME} ${place}.new`,
    `mv -f ${place}.new ${place}`,
  ];
  return {
    name: 'await-flannel',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', '-ec', steps.join('; ')],
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'flannel', mountPath: FLANNEL_FOLDER, readOnly: true },
      { name: 'cni-written', mountPath: '/written', readOnly: true },
      { name: 'cni', mountPath: CNI_FOLDER },
    ],
  };
}

/** What upstream's image carries beside `calico`; the runtime's own plugins come with the machine. */
const OTHER_PLUGINS = ['bandwidth', 'calico-ipam', 'flannel', 'host-local', 'loopback', 'portmap', 'tuning'];

function agent(name: string, image: string) {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/calico-node', '-felix'],
    env: [fieldVariable('FELIX_FELIXHOSTNAME', 'spec.nodeName'), ...NODE_API, ...variables(SETTINGS)],
    livenessProbe: { ...probe('/liveness'), initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...probe('/readiness'), periodSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '96Mi' } },
    // It writes the kernel's settings of each pod's interface, which only a privileged container may.
    securityContext: { privileged: true, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'state', mountPath: '/var/lib/calico' }],
  };
}

/** Source: Calico's reference of felix' configuration. */
const SETTINGS = {
  DATASTORE_TYPE: 'kubernetes',
  USE_POD_CIDR: 'true',
  // Rules in nftables' form, where kube-proxy's and flannel's are; the lock serves the older form alone.
  FELIX_IPTABLESBACKEND: 'NFT',
  FELIX_IPTABLESLOCKTIMEOUTSECS: '0',
  // What pods may send to their node is the firewall's to say.
  FELIX_DEFAULTENDPOINTTOHOSTACTION: 'RETURN',
  FELIX_HEALTHENABLED: 'true',
  FELIX_HEALTHHOST: '127.0.0.1',
  FELIX_HEALTHPORT: String(HEALTH_PORT),
  FELIX_LOGFILEPATH: 'none',
  FELIX_LOGSEVERITYFILE: 'none',
  FELIX_LOGSEVERITYSCREEN: 'Warning',
  FELIX_LOGSEVERITYSYS: 'none',
  // Flannel makes the tunnels; the rest is not wanted or not in the kernel's reach.
  FELIX_BPFENABLED: 'false',
  FELIX_IPINIPENABLED: 'false',
  FELIX_IPV6SUPPORT: 'false',
  FELIX_VXLANENABLED: 'false',
  FELIX_XDPENABLED: 'false',
  FELIX_PROMETHEUSMETRICSENABLED: 'false',
  // No machine reports to anyone.
  FELIX_USAGEREPORTINGENABLED: 'false',
} as const;

function variables(settings: Readonly<Record<string, string>>) {
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}

function probe(path: string) {
  return { httpGet: { host: '127.0.0.1', path, port: HEALTH_PORT } };
}
