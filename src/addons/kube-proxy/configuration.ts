import { encodeYaml, type YamlValue } from '../../formats/yaml.js';
import { NODE_BALANCER_PORT } from '../../pki/paths.js';
import type { ClusterPlan } from '../../plan/index.js';
import { merge } from './merge.js';

export const CONFIG_FOLDER = '/var/lib/kube-proxy';
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** RFC 1918: where a node's address is one of these, its NodePorts answer; on a public one they never do. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * kube-proxy's configuration as YAML, the user's fields over Ironkeel's, `extra` over both.
 * Source: `kubeproxy.config.k8s.io/v1alpha1`.
 */
export function kubeProxyConfiguration(
  { cluster }: ClusterPlan,
  extra: Readonly<Record<string, unknown>> = {},
): string {
  const settings = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: `${CONFIG_FOLDER}/kubeconfig.yaml` },
    clusterCIDR: cluster.podRange,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    mode: 'nftables',
    nodePortAddresses: [...new Set([...PRIVATE_RANGES, ...cluster.firewall.nodes])],
  };
  return encodeYaml(merge(merge(settings, cluster.components.kubeProxy.config), extra) as YamlValue);
}

/** How kube-proxy reaches the API before any Service works: through its node's balancer, as its service account. */
export function kubeProxyKubeconfig(): string {
  const name = 'default';
  const server = `https://127.0.0.1:${NODE_BALANCER_PORT}`;
  return encodeYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { 'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt`, server } }],
    users: [{ name, user: { tokenFile: `${SERVICE_ACCOUNT}/token` } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
