import { encodeYaml } from '../formats/yaml.js';
import type { Taint } from '../inventory/types.js';
import type { ClusterPlan, HostFile, HostPaths, Node } from '../plan/index.js';
import { isController, rootFile } from '../plan/index.js';

/** Where the kubelet reads its configuration and its first credentials. */
const CONFIG_PATH = '/etc/kubernetes/kubelet.yaml';
const PKI = '/etc/kubernetes/pki';

/** Keeps ordinary pods off the control plane: what the guide showed as `SchedulingDisabled`. */
const CONTROL_PLANE_TAINT: Taint = { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' };

/** The label the guide gives its edge routers. */
const EDGE_LABEL = { role: 'edge-router' };

/**
 * The kubelet's configuration and its command line as files; the unit that starts it reads the latter.
 * Source: `kubelet.config.k8s.io/v1beta1`.
 */
export function kubeletFiles(plan: ClusterPlan, node: Node, paths: HostPaths): HostFile[] {
  return [
    rootFile(CONFIG_PATH, encodeYaml(kubeletConfiguration(plan, node, paths)), 0o600),
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
    podPidsLimit: 4096,
    protectKernelDefaults: true,
    registerWithTaints: registrationTaints(node).map(({ key, value, effect }) => ({ key, value, effect })),
    // Not the stub on 127.0.0.53: cluster DNS would forward to itself.
    resolvConf: '/run/systemd/resolve/resolv.conf',
    seccompDefault: true,
    shutdownGracePeriod: '60s',
    shutdownGracePeriodCriticalPods: '20s',
    ...(isController(node) ? { staticPodPath: '/etc/kubernetes/manifests' } : {}),
    systemReserved: { cpu: '100m', memory: '256Mi' },
    volumePluginDir: paths.volumePluginDir,
  };
}

/** Who may talk to the kubelet, and as whom it answers: nobody anonymous, every request asked of the API. */
function access() {
  return {
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${PKI}/ca.pem` },
    },
    authorization: { mode: 'Webhook' },
    readOnlyPort: 0,
    rotateCertificates: true,
    tlsCertFile: `${PKI}/kubelet-server.pem`,
    tlsPrivateKeyFile: `${PKI}/kubelet-server-key.pem`,
    tlsMinVersion: 'VersionTLS12',
  };
}

function registrationTaints(node: Node): readonly Taint[] {
  return isController(node) ? [CONTROL_PLANE_TAINT, ...node.machine.taints] : node.machine.taints;
}

/** What the configuration file cannot say: the node's name, address and labels. */
function kubeletArguments(node: Node): string[] {
  const labels = { ...(node.machine.role === 'edge' ? EDGE_LABEL : {}), ...node.machine.labels };
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    `--config=${CONFIG_PATH}`,
    '--kubeconfig=/etc/kubernetes/kubeconfig/kubelet.yaml',
    `--hostname-override=${node.nodeName}`,
    ...(node.machine.ip === undefined ? [] : [`--node-ip=${node.machine.ip}`]),
    ...(pairs.length === 0 ? [] : [`--node-labels=${pairs.join(',')}`]),
  ];
}
