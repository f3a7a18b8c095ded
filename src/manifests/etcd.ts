import { CONTROLLER_CERTIFICATES, CONTROLLER_PKI, PKI_DIR } from '../pki/paths.js';
import type { EtcdMember, HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import type { ControlPlaneContext } from './control-plane.js';
import { ETCD } from './paths.js';
import { commandLine } from './settings.js';
import { encodeStaticPod, filesNamedIn } from './static-pod.js';
import { COMPONENT_USERS } from './users.js';

const CLIENT_PORT = 2379;
const METRICS_PORT = 2381;

/** etcd refuses writes beyond this size of its database; upstream's advice is not to go beyond 8 GiB. */
const QUOTA_BYTES = 8 * 1024 ** 3;

/**
 * The member of this controller: its pod, and what `ironkeel-etcd` needs to decide whether it may start. The
 * kubelet does not see the pod until then. Source: etcd 3.6, "Configuration options".
 */
export function etcdFiles(context: ControlPlaneContext): HostFile[] {
  const { plan, etcdState } = context;
  const members = plan.etcdMembers.map(({ name, ip }) => `${name} ${ip}\n`).join('');
  return [
    rootFile(ETCD.pod, etcdPod(context), 0o600),
    rootFile(ETCD.state, `${etcdState}\n`),
    rootFile(ETCD.members, members),
  ];
}

function etcdPod({ plan, node, secrets, images, etcdState, pkiFiles }: ControlPlaneContext): string {
  const self = plan.etcdMembers.find(({ name }) => name === node.machine.name);
  if (self === undefined) throw new Error(`${node.machine.name} is no member of etcd`);
  const bootstrap = {
    'initial-cluster': plan.etcdMembers.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(','),
    'initial-cluster-state': etcdState,
    // Members of another cluster at the same address are refused.
    'initial-cluster-token': secrets.clusterId,
  };
  const flags = { name: self.name, ...addresses(self), ...bootstrap, ...security(), ...behaviour() };
  const command = commandLine('etcd', flags, plan.cluster.components.etcd.flags);
  const probe = { port: METRICS_PORT, timeoutSeconds: 15 };
  return encodeStaticPod({
    name: 'etcd',
    tier: 'control-plane',
    image: images.etcd,
    command,
    user: COMPONENT_USERS.etcd,
    priority: 'system-node-critical',
    requests: { cpu: '100m', memory: '100Mi' },
    // Not /readyz: without a quorum that fails, and a member that waits for the others is not to be restarted.
    startup: { ...probe, path: '/livez', periodSeconds: 2, failureThreshold: 120 },
    liveness: { ...probe, path: '/livez', periodSeconds: 10, failureThreshold: 8 },
    readiness: { ...probe, path: '/readyz', periodSeconds: 1, failureThreshold: 3 },
    mounts: [
      { path: ETCD.data, type: 'Directory', writable: true },
      { path: `${PKI_DIR}/etcd`, type: 'Directory' },
    ],
    reads: filesNamedIn(command, pkiFiles),
  });
}

function addresses({ clientUrl, peerUrl }: EtcdMember) {
  return {
    'advertise-client-urls': clientUrl,
    'initial-advertise-peer-urls': peerUrl,
    'listen-client-urls': `https://127.0.0.1:${CLIENT_PORT},${clientUrl}`,
    // Plain HTTP, for the probes: on loopback alone.
    'listen-metrics-urls': `http://127.0.0.1:${METRICS_PORT}`,
    'listen-peer-urls': peerUrl,
  };
}

/** Mutual TLS towards clients and between the members. */
function security() {
  const server = CONTROLLER_CERTIFICATES['etcd-server'];
  const peer = CONTROLLER_CERTIFICATES['etcd-peer'];
  return {
    'cert-file': `${server}.pem`,
    'client-cert-auth': true,
    'key-file': `${server}-key.pem`,
    'peer-cert-file': `${peer}.pem`,
    'peer-client-cert-auth': true,
    'peer-key-file': `${peer}-key.pem`,
    'peer-trusted-ca-file': CONTROLLER_PKI.etcdCa,
    'tls-min-version': 'TLS1.2',
    'trusted-ca-file': CONTROLLER_PKI.etcdCa,
  };
}

function behaviour() {
  return {
    'data-dir': ETCD.data,
    // A member whose data differs from the others' does not join them.
    'feature-gates': 'InitialCorruptCheck=true',
    // No compaction of etcd's own: the API server compacts every five minutes.
    'quota-backend-bytes': QUOTA_BYTES,
    // The API server's watch cache takes the progress for its consistent reads.
    'watch-progress-notify-interval': '5s',
  };
}
