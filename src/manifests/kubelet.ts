import { encodeYaml } from '../formats/yaml.js';
import type { Taint } from '../inventory/types.js';
import { KUBECONFIGS, NODE_PKI } from '../pki/paths.js';
import type { ClusterPlan, HostFile, HostPaths, Node } from '../plan/index.js';
import { isController, rootFile } from '../plan/index.js';
import { KUBELET, STATIC_PODS } from './paths.js';
import { mergeSettings } from './settings.js';
import { PRIORITIES } from './static-pod.js';

/** Keeps ordinary pods off the control plane: what the guide showed as `SchedulingDisabled`. */
const CONTROL_PLANE_TAINT: Taint = { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' };

/** The label the guide gives its edge routers. */
const EDGE_LABEL = { role: 'edge-router' };

/**
 * The kubelet's configuration and its command line as files; the unit that starts it reads the latter. Only fields
 * that every supported minor knows. Source: `kubelet.config.k8s.io/v1beta1`.
 */
export function kubeletFiles(plan: ClusterPlan, node: Node, paths: HostPaths): HostFile[] {
  const own = plan.cluster.components.kubelet.config;
  const configuration = mergeSettings(kubeletConfiguration(plan, node, paths), own);
  return [
    rootFile(KUBELET.config, encodeYaml(configuration), 0o600),
    rootFile('/etc/kubernetes/kubelet.env', `KUBELET_ARGS=${kubeletArguments(node).join(' ')}\n`, 0o600),
  ];
}

function kubeletConfiguration(plan: ClusterPlan, node: Node, paths: HostPaths) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...access(),
    cgroupDriver: 'systemd',
    clusterDNS: [plan.clusterDnsIp],
    clusterDomain: plan.cluster.clusterDomain,
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    // Five minutes, the default, is long for a control plane that waits for its other machines.
    crashLoopBackOff: { maxContainerRestartPeriod: '20s' },
    ...heartbeat(),
    podPidsLimit: 4096,
    protectKernelDefaults: true,
    registerWithTaints: registrationTaints(plan, node).map(({ key, value, effect }) => ({ key, value, effect })),
    resolvConf: KUBELET.resolvConf,
    seccompDefault: true,
    serializeImagePulls: false,
    maxParallelImagePulls: 3,
    ...shutdown(),
    staticPodPath: STATIC_PODS,
    ...resources(),
    volumePluginDir: paths.volumePluginDir,
  };
}

/**
 * How often it looks whether its node is Ready; what has not changed it writes every five minutes. After a boot its first
 * word can come a moment too early ("CSINode is not yet initialized"), and at the default the next one 10 s later.
 */
function heartbeat() {
  return { nodeStatusReportFrequency: '5m0s', nodeStatusUpdateFrequency: '3s' };
}

/** Who may talk to the kubelet, and as whom it answers: nobody anonymous, every request asked of the API. */
function access() {
  return {
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: NODE_PKI.ca },
    },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    rotateCertificates: true,
    tlsCertFile: NODE_PKI.kubeletServer,
    tlsPrivateKeyFile: NODE_PKI.kubeletServerKey,
    tlsMinVersion: 'VersionTLS12',
  };
}

/**
 * At a shutdown pods end in the order of their priority, at most 55 s in all: the user's, then the control plane,
 * then etcd, which all the others still write to (decision 13).
 */
function shutdown() {
  const group = (priority: number, shutdownGracePeriodSeconds: number) => ({ priority, shutdownGracePeriodSeconds });
  return {
    shutdownGracePeriodByPodPriority: [
      group(0, 30),
      group(PRIORITIES['system-cluster-critical'], 15),
      group(PRIORITIES['system-node-critical'], 10),
    ],
  };
}

/** Swap of the machine's is no reason not to start, but no pod gets any. The limits of eviction are the defaults. */
function resources() {
  return {
    failSwapOn: false,
    memorySwap: { swapBehavior: 'NoSwap' },
    systemReserved: { cpu: '100m', memory: '256Mi' },
  };
}

function registrationTaints({ cluster }: ClusterPlan, node: Node): readonly Taint[] {
  const guarded = isController(node) && !cluster.schedulableControllers;
  return guarded ? [CONTROL_PLANE_TAINT, ...node.machine.taints] : node.machine.taints;
}

/** What the configuration file cannot say: the node's name, address and labels. */
function kubeletArguments(node: Node): string[] {
  const labels = { ...(node.machine.role === 'edge' ? EDGE_LABEL : {}), ...node.machine.labels };
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    `--config=${KUBELET.config}`,
    `--config-dir=${KUBELET.dropIns}`,
    `--kubeconfig=${KUBECONFIGS.kubelet}`,
    `--hostname-override=${node.nodeName}`,
    ...(node.machine.ip === undefined ? [] : [`--node-ip=${node.machine.ip}`]),
    ...(pairs.length === 0 ? [] : [`--node-labels=${pairs.join(',')}`]),
  ];
}
