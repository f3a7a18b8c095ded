/** Where a machine keeps its certificates, keys and kubeconfigs. Kubernetes' usual names, `.pem` throughout. */
export const PKI_DIR = '/etc/kubernetes/pki';
export const KUBECONFIG_DIR = '/etc/kubernetes/kubeconfig';

/** The API server on its own machine. */
export const LOCAL_API_URL = 'https://127.0.0.1:6443';
/**
 * Port of the balancer on every machine's loopback that finds a living API server; not 6443, which the API
 * server has on controllers.
 */
export const NODE_BALANCER_PORT = 7443;

/** On every machine. */
export const NODE_PKI = {
  /** Every accepted certificate of the cluster's authority. */
  ca: `${PKI_DIR}/ca.pem`,
  /** Certificate and key of the kubelet's first start; copied to {@link KUBELET_CLIENT_CURRENT} when that is absent or expired. */
  kubeletClientSeed: `${PKI_DIR}/kubelet-client-seed.pem`,
  kubeletServer: `${PKI_DIR}/kubelet-server.pem`,
  kubeletServerKey: `${PKI_DIR}/kubelet-server-key.pem`,
} as const;

/** The kubelet rotates this one; at start it uses what its kubeconfig names, so that has to be this (kubernetes#99645). */
export const KUBELET_CLIENT_CURRENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** On controllers. */
export const CONTROLLER_PKI = {
  /** The authority that signs kubelets' requests: one certificate alone, as the controller manager demands, and its key. */
  signingCa: `${PKI_DIR}/signing-ca.pem`,
  signingCaKey: `${PKI_DIR}/signing-ca-key.pem`,
  serviceAccountKey: `${PKI_DIR}/sa-key.pem`,
  /** Every public key whose tokens are accepted. */
  serviceAccountPublicKeys: `${PKI_DIR}/sa-pub.pem`,
  frontProxyCa: `${PKI_DIR}/front-proxy-ca.pem`,
  etcdCa: `${PKI_DIR}/etcd/ca.pem`,
} as const;

/** Base paths on controllers by purpose: `.pem` is the certificate, `-key.pem` the key. */
export const CONTROLLER_CERTIFICATES = {
  apiserver: `${PKI_DIR}/apiserver`,
  'apiserver-kubelet-client': `${PKI_DIR}/apiserver-kubelet-client`,
  'apiserver-etcd-client': `${PKI_DIR}/apiserver-etcd-client`,
  'front-proxy-client': `${PKI_DIR}/front-proxy-client`,
  'etcd-server': `${PKI_DIR}/etcd/server`,
  'etcd-peer': `${PKI_DIR}/etcd/peer`,
  'etcd-healthcheck-client': `${PKI_DIR}/etcd/healthcheck-client`,
} as const;

/** Kubeconfigs; all but the kubelet's on controllers only. */
export const KUBECONFIGS = {
  kubelet: `${KUBECONFIG_DIR}/kubelet.yaml`,
  'controller-manager': `${KUBECONFIG_DIR}/controller-manager.yaml`,
  scheduler: `${KUBECONFIG_DIR}/scheduler.yaml`,
  bootstrap: `${KUBECONFIG_DIR}/bootstrap.yaml`,
} as const;

/** The host's identity towards SSH clients. */
export const SSH_HOST_KEY = '/etc/ssh/ssh_host_ed25519_key';

/** Base path of a domain's certificate on the edges that serve it. */
export function domainCertificate(domain: string): string {
  return `${PKI_DIR}/domains/${domain}`;
}
