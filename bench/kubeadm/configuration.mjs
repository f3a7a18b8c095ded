// kubeadm's configuration for the guide's machines, with the versions, ranges and images that Ironkeel has, and with
// what the lab needs on a shared kernel with cgroup v1. Source: kubeadm.k8s.io/v1beta4.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CONTROLLER } from '../bring-up/lab.mjs';

const API_VERSION = 'kubeadm.k8s.io/v1beta4';
const TOKEN = 'abcdef.0123456789abcdef';
const SERVER = `${CONTROLLER.ip}:6443`;
/** The usual place is on a file system that the machines have read-only. */
const PLUGINS = '/opt/libexec/kubernetes/kubelet-plugins/volume/exec';

/** Several documents, for `kubeadm init`. */
export function initConfiguration(lab) {
  const { kubernetes, components } = JSON.parse(readFileSync(join(lab.folder, 'ironkeel.lock'), 'utf8'));
  const coredns = lab.image('coredns').name.split(':').at(-1);
  return [
    {
      apiVersion: API_VERSION,
      kind: 'InitConfiguration',
      bootstrapTokens: [{ token: TOKEN, ttl: '1h' }],
      localAPIEndpoint: { advertiseAddress: CONTROLLER.ip, bindPort: 6443 },
      nodeRegistration: registration(CONTROLLER),
    },
    {
      apiVersion: API_VERSION,
      kind: 'ClusterConfiguration',
      kubernetesVersion: `v${kubernetes}`,
      controlPlaneEndpoint: SERVER,
      networking: { podSubnet: '10.2.0.0/16', serviceSubnet: '10.3.0.0/16' },
      etcd: { local: { imageRepository: 'quay.io/coreos', imageTag: `v${components.etcd}` } },
      dns: { imageTag: coredns },
      controllerManager: { extraArgs: [{ name: 'flex-volume-plugin-dir', value: PLUGINS }] },
    },
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'systemd',
      failCgroupV1: false,
      volumePluginDir: PLUGINS,
    },
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      conntrack: { maxPerCore: 0, min: 0 },
    },
  ]
    .map((document) => stringify(document))
    .join('---\n');
}

/** For `kubeadm join` on a worker. @param hash of the cluster's authority, as `kubeadm init` prints it */
export function joinConfiguration(machine, hash) {
  return stringify({
    apiVersion: API_VERSION,
    kind: 'JoinConfiguration',
    discovery: { bootstrapToken: { apiServerEndpoint: SERVER, token: TOKEN, caCertHashes: [hash] } },
    nodeRegistration: registration(machine),
  });
}

function registration({ name, ip }) {
  return {
    name,
    criSocket: 'unix:///run/containerd/containerd.sock',
    ignorePreflightErrors: ['all'],
    kubeletExtraArgs: [{ name: 'node-ip', value: ip }],
  };
}
