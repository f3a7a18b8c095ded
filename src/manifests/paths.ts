import { PKI_DIR } from '../pki/paths.js';

/** Where the kubelet of every machine looks for static pods. */
export const STATIC_PODS = '/etc/kubernetes/manifests';

/** What `ironkeel-etcd` decides from; the pod lies here until it may start. */
export const ETCD = {
  pod: '/etc/kubernetes/etcd/pod.yaml',
  /** `new`, or `existing` once the cluster was seen to be up. */
  state: '/etc/kubernetes/etcd/state',
  /** One member a line: name and address. */
  members: '/etc/kubernetes/etcd/members',
  /** Where `ironkeel-etcd` puts it when it may: its name among the static pods. */
  podName: 'etcd.yaml',
  data: '/var/lib/etcd',
} as const;

/** The API server's own configuration files, and where it keeps its audit log. */
export const API_SERVER = {
  folder: '/etc/kubernetes/kube-apiserver',
  authentication: '/etc/kubernetes/kube-apiserver/authentication.yaml',
  admission: '/etc/kubernetes/kube-apiserver/admission.yaml',
  audit: '/etc/kubernetes/kube-apiserver/audit-policy.yaml',
  encryption: '/etc/kubernetes/kube-apiserver/encryption.yaml',
  logs: '/var/log/kubernetes',
} as const;

/** Credentials of an etcd that is not ours. */
export const EXTERNAL_ETCD_PKI = {
  ca: `${PKI_DIR}/etcd-external/ca.pem`,
  certificate: `${PKI_DIR}/etcd-external/client.pem`,
  key: `${PKI_DIR}/etcd-external/client-key.pem`,
} as const;

export const BALANCER = { folder: '/etc/kubernetes/balancer', config: '/etc/kubernetes/balancer/haproxy.cfg' } as const;

/** Where an edge's ingress says how it is: on the machine's loopback alone. */
export const INGRESS_STATUS_PORT = 7445;

/** What an edge shares the floating address by. */
export const FLOATING = {
  folder: '/etc/kubernetes/floating',
  config: '/etc/kubernetes/floating/keepalived.conf',
  program: '/etc/kubernetes/floating/run.sh',
  /** Where it writes while it runs. */
  scratch: '/run',
} as const;

export const KUBELET = {
  config: '/etc/kubernetes/kubelet.yaml',
  /** Files here go before {@link KUBELET.config}, in the order of their names; the kubelet ends when it is missing. */
  dropIns: '/etc/kubernetes/kubelet.conf.d',
  /** Links to the file with the name servers that pods are to ask. */
  resolvConf: '/run/ironkeel/resolv.conf',
} as const;
