import { KUBECONFIG_DIR, KUBECONFIGS } from '../pki/paths.js';
import type { HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import type { ControlPlaneContext } from './control-plane.js';
import { STATIC_PODS } from './paths.js';
import { commandLine } from './settings.js';
import { encodeStaticPod, filesNamedIn } from './static-pod.js';
import { COMPONENT_USERS } from './users.js';

const PORT = 10259;

/** The scheduler's pod; it talks to the API server of its own machine. Source: `kube-scheduler --help`, 1.35 to 1.37. */
export function schedulerFiles({ plan, images, pkiFiles }: ControlPlaneContext): HostFile[] {
  const kubeconfig = KUBECONFIGS.scheduler;
  const flags = {
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': '127.0.0.1',
    kubeconfig,
    'leader-elect': true,
    profiling: false,
    'tls-min-version': 'VersionTLS12',
  };
  const command = commandLine('kube-scheduler', flags, plan.cluster.components.scheduler.flags);
  const probe = { port: PORT, scheme: 'HTTPS', timeoutSeconds: 15 } as const;
  const pod = encodeStaticPod({
    name: 'kube-scheduler',
    tier: 'control-plane',
    image: images['kube-scheduler'],
    command,
    user: COMPONENT_USERS.scheduler,
    priority: 'system-cluster-critical',
    requests: { cpu: '100m', memory: '32Mi' },
    startup: { ...probe, path: '/livez', periodSeconds: 2, failureThreshold: 120 },
    liveness: { ...probe, path: '/livez', periodSeconds: 10, failureThreshold: 8 },
    readiness: { ...probe, path: '/readyz', periodSeconds: 1, failureThreshold: 3 },
    mounts: [{ path: KUBECONFIG_DIR, type: 'Directory' }],
    reads: filesNamedIn(command, pkiFiles),
  });
  return [rootFile(`${STATIC_PODS}/kube-scheduler.yaml`, pod, 0o600)];
}
