import { CONTROLLER_PKI, KUBECONFIG_DIR, KUBECONFIGS, NODE_PKI, PKI_DIR } from '../pki/paths.js';
import type { HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import type { ControlPlaneContext } from './control-plane.js';
import { STATIC_PODS } from './paths.js';
import { commandLine } from './settings.js';
import { encodeStaticPod, filesNamedIn } from './static-pod.js';
import { COMPONENT_USERS } from './users.js';

const PORT = 10257;

/**
 * The controller manager's pod. It talks to the API server of its own machine, and signs kubelets' requests to
 * rotate their certificates. Source: `kube-controller-manager --help`, 1.35 to 1.37.
 */
export function controllerManagerFiles({ plan, images, pkiFiles }: ControlPlaneContext): HostFile[] {
  const flags = { ...access(), ...networkFlags(plan.cluster), ...signing(), ...pace() };
  const command = commandLine('kube-controller-manager', flags, plan.cluster.components.controllerManager.flags);
  const probe = { path: '/healthz', port: PORT, scheme: 'HTTPS', timeoutSeconds: 15 } as const;
  const pod = encodeStaticPod({
    name: 'kube-controller-manager',
    tier: 'control-plane',
    image: images['kube-controller-manager'],
    command,
    user: COMPONENT_USERS.controlPlane,
    priority: 'system-cluster-critical',
    requests: { cpu: '200m', memory: '64Mi' },
    startup: { ...probe, periodSeconds: 2, failureThreshold: 120 },
    liveness: { ...probe, periodSeconds: 10, failureThreshold: 8 },
    mounts: [
      { path: PKI_DIR, type: 'Directory' },
      { path: KUBECONFIG_DIR, type: 'Directory' },
    ],
    reads: filesNamedIn(command, pkiFiles),
  });
  return [rootFile(`${STATIC_PODS}/kube-controller-manager.yaml`, pod, 0o600)];
}

function access() {
  const kubeconfig = KUBECONFIGS['controller-manager'];
  return {
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': '127.0.0.1',
    'client-ca-file': NODE_PKI.ca,
    kubeconfig,
    profiling: false,
    'requestheader-client-ca-file': CONTROLLER_PKI.frontProxyCa,
    'tls-min-version': 'VersionTLS12',
    // Each controller with its own account, so that none may do what another needs.
    'use-service-account-credentials': true,
  };
}

function networkFlags({ name, podRange, serviceRange }: ControlPlaneContext['plan']['cluster']) {
  return {
    'allocate-node-cidrs': true,
    'cluster-cidr': podRange,
    'cluster-name': name,
    'service-cluster-ip-range': serviceRange,
  };
}

/**
 * When it first starts it makes an account for each of its controllers, some forty, one after the other: at its own
 * default of 20 requests a second no pod is made for five seconds. The API server guards itself (priority and fairness).
 */
function pace() {
  return { 'kube-api-burst': 200, 'kube-api-qps': 100, 'leader-elect': true };
}

function signing() {
  return {
    'cluster-signing-cert-file': CONTROLLER_PKI.signingCa,
    'cluster-signing-key-file': CONTROLLER_PKI.signingCaKey,
    'root-ca-file': NODE_PKI.ca,
    'service-account-private-key-file': CONTROLLER_PKI.serviceAccountKey,
  };
}
