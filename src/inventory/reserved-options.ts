import type { ComponentName } from './types.js';

/** Names of options, `*` standing for the rest of a name, and why they cannot be set. */
type Reason = readonly [names: string, reason: string];

const CERTIFICATES = 'Ironkeel issues and renews these certificates';
const AUTHORITIES = 'Ironkeel decides which certificates are believed';
const LISTENING = 'the other machines, the probes and the firewall rely on where it listens';
const CREDENTIALS = 'Ironkeel gives the component its own credentials';
const CLUSTER_RANGES = 'every component has to know the same ranges: set them under network';
const ELECTION = 'with several controllers two of them would act at once';
const MEMBERSHIP = 'the members of etcd are the controllers of this file';
const FILES = 'the file it names is Ironkeel’s, and no other can be seen from inside the pod';

const SERVING: readonly Reason[] = [
  ['bind-address secure-port permit-address-sharing permit-port-sharing', LISTENING],
  ['tls-cert-file tls-private-key-file cert-dir tls-sni-cert-key', CERTIFICATES],
  ['client-ca-file requestheader-*', AUTHORITIES],
];

const CLIENT: readonly Reason[] = [
  ['kubeconfig authentication-kubeconfig authorization-kubeconfig master', CREDENTIALS],
  ['leader-elect leader-elect-resource-*', ELECTION],
];

/**
 * What Ironkeel itself decides, since another value would break the cluster or open it. Everything else the user may
 * set: a worse value of those is the user's own.
 */
const RESERVED: Readonly<Record<ComponentName, readonly Reason[]>> = {
  apiServer: [
    ...SERVING,
    ['advertise-address', 'Ironkeel tells each controller its own address'],
    ['etcd-servers etcd-servers-overrides etcd-prefix', 'which etcd is used is set under etcd: {external: …}'],
    ['etcd-cafile etcd-certfile etcd-keyfile storage-backend', 'which etcd is used is set under etcd: {external: …}'],
    ['kubelet-certificate-authority kubelet-client-* proxy-client-*', CERTIFICATES],
    [
      'service-account-issuer service-account-key-file service-account-signing-*',
      'tokens are signed with the key in secrets.json on every controller',
    ],
    ['service-cluster-ip-range', CLUSTER_RANGES],
    ['encryption-provider-config*', 'the key that encrypts Secrets is in secrets.json'],
    [
      'authorization-mode authorization-config authorization-policy-file',
      'the machines’ own rights rest on Node and RBAC',
    ],
    ['anonymous-auth authentication-config', 'strangers see health and nothing else'],
    ['oidc-*', 'OpenID Connect is not supported yet, and these exclude the file that keeps strangers out'],
    ['audit-policy-file audit-log-path admission-control-config-file', FILES],
    ['allow-privileged', 'the network addons need it'],
  ],
  controllerManager: [
    ...SERVING,
    ...CLIENT,
    ['cluster-cidr service-cluster-ip-range allocate-node-cidrs node-cidr-mask-size*', CLUSTER_RANGES],
    ['root-ca-file cluster-signing-cert-file cluster-signing-key-file', CERTIFICATES],
    ['cluster-signing-kube-* cluster-signing-legacy-*', CERTIFICATES],
    ['service-account-private-key-file', 'tokens are signed with the key in secrets.json on every controller'],
    ['use-service-account-credentials', 'without it every controller has the rights of all'],
  ],
  scheduler: [...SERVING, ...CLIENT, ['config', FILES], ['write-config-to', 'it ends after writing']],
  etcd: [
    ['name initial-* advertise-client-urls discovery*', MEMBERSHIP],
    ['listen-*', LISTENING],
    ['data-dir wal-dir config-file', 'the guard of the data looks where Ironkeel puts it'],
    ['cert-file key-file client-cert-file client-key-file auto-tls self-signed-cert-validity', CERTIFICATES],
    ['peer-cert-file peer-key-file peer-client-cert-file peer-client-key-file peer-auto-tls', CERTIFICATES],
    ['client-cert-auth trusted-ca-file client-cert-allowed-hostname', AUTHORITIES],
    ['peer-client-cert-auth peer-trusted-ca-file peer-cert-allowed-*', AUTHORITIES],
    ['client-crl-file peer-crl-file', FILES],
    ['peer-skip-client-san-verification experimental-peer-skip-client-san-verification', AUTHORITIES],
    ['force-new-cluster', 'it forgets the other members at every start'],
    ['unsafe-no-fsync', 'a power cut would lose writes that were confirmed'],
  ],
  kubelet: [
    ['apiVersion kind', 'Ironkeel writes the version that fits'],
    ['staticPodPath', 'the control plane and the balancer are started from there'],
    ['clusterDNS', 'it follows from network: {services: …}'],
    ['clusterDomain', 'it is set by network: {clusterDomain: …}'],
    ['podCIDR', CLUSTER_RANGES],
    ['authentication authorization', 'the API alone decides who may use the kubelet'],
    ['address port enableServer', LISTENING],
    ['readOnlyPort', 'it lets strangers read every pod'],
    ['tlsCertFile tlsPrivateKeyFile serverTLSBootstrap rotateCertificates', CERTIFICATES],
    ['cgroupDriver containerRuntimeEndpoint imageServiceEndpoint', 'it has to agree with containerd’s configuration'],
    ['volumePluginDir', 'it has to be a folder that the operating system lets be written'],
    [
      'shutdownGracePeriod shutdownGracePeriodCriticalPods',
      'they exclude shutdownGracePeriodByPodPriority, which ends etcd last; set that instead',
    ],
    ['registerWithTaints', 'taints are set by taints at each machine'],
    ['registerNode runOnce', 'the machine would not join the cluster'],
  ],
  kubeProxy: [
    ['apiVersion kind', 'Ironkeel writes the version that fits'],
    ['clientConnection', CREDENTIALS],
    ['clusterCIDR', CLUSTER_RANGES],
    ['healthzBindAddress', LISTENING],
    ['hostnameOverride', 'each machine has its own name'],
    ['windowsRunAsService winkernel', 'machines run Linux'],
  ],
};

/** Why this option of a component cannot be set, or undefined when it may. */
export function whyReservedOption(component: ComponentName, name: string): string | undefined {
  return RESERVED[component].find(([names]) => names.split(' ').some((pattern) => matches(pattern, name)))?.[1];
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
