import semver from 'semver';

/** The container images a cluster is made of, by what they do. */
export const IMAGE_COMPONENTS = [
  'pause',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'balancer',
  'edge-echo',
  'coredns',
  'flannel',
  'flannel-cni-plugin',
  'network-policy',
  'network-policy-cni',
  'metrics-server',
  'local-path-provisioner',
  'local-path-helper',
  'traefik',
  'headlamp',
  'keepalived',
  'cert-manager-controller',
  'cert-manager-webhook',
  'cert-manager-cainjector',
  'cert-manager-acmesolver',
] as const;
export type ImageComponent = (typeof IMAGE_COMPONENTS)[number];

/** Full names with registry and tag, such as `registry.k8s.io/pause:3.10.2`. */
export type ComponentImages = Readonly<Record<ImageComponent, string>>;

/** Images of the control plane and of Kubernetes' own node programs carry the version of Kubernetes. */
const KUBERNETES_PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'] as const;

/** CoreDNS by Kubernetes minor is not needed: one line serves every supported one. */
const OTHERS = {
  pause: 'registry.k8s.io/pause:3.10.2',
  balancer: 'docker.io/library/haproxy:3.2-alpine',
  // What `ironkeel edge test` runs: it answers each request with what it saw of it.
  'edge-echo': 'ghcr.io/mccutchen/go-httpbin:2.23.1',
  coredns: 'registry.k8s.io/coredns/coredns:v1.14.7',
  flannel: 'ghcr.io/flannel-io/flannel:v0.28.9',
  'flannel-cni-plugin': 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1',
  'network-policy': 'docker.io/calico/node:v3.28.5',
  'network-policy-cni': 'docker.io/calico/cni:v3.28.5',
  'metrics-server': 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
  'local-path-provisioner': 'docker.io/rancher/local-path-provisioner:v0.0.37',
  'local-path-helper': 'docker.io/library/busybox:1.37.0',
  traefik: 'docker.io/library/traefik:v3.7.12',
  headlamp: 'ghcr.io/headlamp-k8s/headlamp:v0.45.0',
  keepalived: 'quay.io/ceph/keepalived:2.2.4',
  'cert-manager-controller': 'quay.io/jetstack/cert-manager-controller:v1.21.2',
  'cert-manager-webhook': 'quay.io/jetstack/cert-manager-webhook:v1.21.2',
  'cert-manager-cainjector': 'quay.io/jetstack/cert-manager-cainjector:v1.21.2',
  'cert-manager-acmesolver': 'quay.io/jetstack/cert-manager-acmesolver:v1.21.2',
} as const;

/**
 * The images that go with a Kubernetes version.
 * @param etcdVersion the version `componentVersions` chose, so that etcd's tools and its image agree.
 */
export function componentImages(kubernetesVersion: string, etcdVersion: string): ComponentImages {
  const tag = `v${new semver.SemVer(kubernetesVersion).version}`;
  const programs = Object.fromEntries(KUBERNETES_PROGRAMS.map((name) => [name, `registry.k8s.io/${name}:${tag}`]));
  return { ...OTHERS, ...programs, etcd: `quay.io/coreos/etcd:v${etcdVersion}` } as ComponentImages;
}
