import { CONTROLLER_CERTIFICATES, CONTROLLER_PKI, NODE_PKI, PKI_DIR } from '../pki/paths.js';
import type { HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import { apiServerConfiguration } from './api-server-files.js';
import type { ControlPlaneContext } from './control-plane.js';
import { API_SERVER, EXTERNAL_ETCD_PKI, STATIC_PODS } from './paths.js';
import { commandLine } from './settings.js';
import { encodeStaticPod, filesNamedIn } from './static-pod.js';
import { COMPONENT_USERS } from './users.js';

export const API_SERVER_PORT = 6443;

/** The API server's pod and its own configuration files. Source: `kube-apiserver --help`, 1.35 to 1.37. */
export function apiServerFiles(context: ControlPlaneContext): HostFile[] {
  const configuration = apiServerConfiguration(context);
  const pod = apiServerPod(context, [...context.pkiFiles, ...configuration]);
  return [rootFile(`${STATIC_PODS}/kube-apiserver.yaml`, pod, 0o600), ...configuration];
}

function apiServerPod(context: ControlPlaneContext, files: readonly HostFile[]): string {
  const { plan, images } = context;
  const flags = { ...access(), ...audit(), ...credentials(), ...etcd(context), ...serving(context) };
  const command = commandLine('kube-apiserver', flags, plan.cluster.components.apiServer.flags);
  const probe = { port: API_SERVER_PORT, scheme: 'HTTPS', timeoutSeconds: 15 } as const;
  return encodeStaticPod({
    name: 'kube-apiserver',
    tier: 'control-plane',
    image: images['kube-apiserver'],
    command,
    user: COMPONENT_USERS.controlPlane,
    priority: 'system-cluster-critical',
    requests: { cpu: '250m', memory: '256Mi' },
    startup: { ...probe, path: '/livez', periodSeconds: 2, failureThreshold: 120 },
    liveness: { ...probe, path: '/livez', periodSeconds: 10, failureThreshold: 8 },
    readiness: { ...probe, path: '/readyz', periodSeconds: 1, failureThreshold: 3 },
    mounts: [
      { path: PKI_DIR, type: 'Directory' },
      { path: API_SERVER.folder, type: 'Directory' },
      { path: API_SERVER.logs, type: 'Directory', writable: true },
    ],
    // Upstream's program carries this file capability: without it the kernel refuses to run it, needed or not.
    capabilities: ['NET_BIND_SERVICE'],
    reads: filesNamedIn(command, files),
  });
}

/** Who is let in, and to what. */
function access() {
  return {
    'admission-control-config-file': API_SERVER.admission,
    'allow-privileged': true,
    'authentication-config': API_SERVER.authentication,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction,DenyServiceExternalIPs',
    'encryption-provider-config': API_SERVER.encryption,
  };
}

/** At most 600 MB, at most a month. */
function audit() {
  return {
    'audit-log-maxage': 30,
    'audit-log-maxbackup': 5,
    'audit-log-maxsize': 100,
    'audit-log-path': `${API_SERVER.logs}/audit.log`,
    'audit-policy-file': API_SERVER.audit,
  };
}

function credentials() {
  const kubelet = CONTROLLER_CERTIFICATES['apiserver-kubelet-client'];
  const frontProxy = CONTROLLER_CERTIFICATES['front-proxy-client'];
  return {
    'client-ca-file': NODE_PKI.ca,
    'kubelet-certificate-authority': NODE_PKI.ca,
    'kubelet-client-certificate': `${kubelet}.pem`,
    'kubelet-client-key': `${kubelet}-key.pem`,
    // Kubelets' certificates hold their addresses; no DNS has to know their names.
    'kubelet-preferred-address-types': 'InternalIP,Hostname',
    'proxy-client-cert-file': `${frontProxy}.pem`,
    'proxy-client-key-file': `${frontProxy}-key.pem`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': CONTROLLER_PKI.frontProxyCa,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'service-account-key-file': CONTROLLER_PKI.serviceAccountPublicKeys,
    'service-account-signing-key-file': CONTROLLER_PKI.serviceAccountKey,
    'tls-cert-file': `${CONTROLLER_CERTIFICATES.apiserver}.pem`,
    'tls-private-key-file': `${CONTROLLER_CERTIFICATES.apiserver}-key.pem`,
  };
}

/** Its own machine's member, or all of an etcd that is not ours. */
function etcd({ plan }: ControlPlaneContext) {
  const { external } = plan.cluster.etcd;
  if (external !== undefined) {
    return {
      'etcd-cafile': EXTERNAL_ETCD_PKI.ca,
      'etcd-certfile': EXTERNAL_ETCD_PKI.certificate,
      'etcd-keyfile': EXTERNAL_ETCD_PKI.key,
      'etcd-servers': external.endpoints.join(','),
    };
  }
  const client = CONTROLLER_CERTIFICATES['apiserver-etcd-client'];
  return {
    'etcd-cafile': CONTROLLER_PKI.etcdCa,
    'etcd-certfile': `${client}.pem`,
    'etcd-keyfile': `${client}-key.pem`,
    'etcd-servers': 'https://127.0.0.1:2379',
  };
}

function serving({ plan, node }: ControlPlaneContext) {
  const { serviceRange, clusterDomain } = plan.cluster;
  return {
    'advertise-address': node.machine.ip,
    // Long-lived connections gather on the API server that never went away: now and then one is asked to go elsewhere.
    'goaway-chance': plan.controllers.length > 1 ? 0.001 : undefined,
    profiling: false,
    'secure-port': API_SERVER_PORT,
    'service-account-issuer': `https://kubernetes.default.svc.${clusterDomain}`,
    'service-cluster-ip-range': serviceRange,
    // At a shutdown it would otherwise wait for watches until it is killed.
    'shutdown-watch-termination-grace-period': '5s',
    'tls-min-version': 'VersionTLS12',
  };
}
