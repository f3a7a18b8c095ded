import { encodeHaproxy, type HaproxySection } from '../formats/haproxy.js';
import { NODE_BALANCER_PORT, NODE_PKI } from '../pki/paths.js';
import type { ClusterPlan, HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import { API_SERVER_PORT } from './api-server.js';
import { BALANCER, STATIC_PODS } from './paths.js';
import { encodeStaticPod } from './static-pod.js';
import { COMPONENT_USERS } from './users.js';

/** Where the kubelet asks whether the balancer itself is well. */
const HEALTH_PORT = NODE_BALANCER_PORT + 1;

/** No machine's name: those are of RFC 1123. */
const WAITING_ROOM = '_waiting';

/** What the balancer's files were last made from; the machines of a cluster share them. */
interface Rendered {
  readonly image: string;
  readonly ca: HostFile;
  readonly files: readonly HostFile[];
}

const known = new WeakMap<ClusterPlan, Rendered>();

/**
 * The way of every machine to an API server that is ready: HAProxy on the machine's loopback, from a file, so that
 * it needs no API, no DNS and no order of booting. The same on all machines of a cluster, and made once.
 *
 * @throws Error when the authority's certificate is not among the files.
 */
export function balancerFiles(plan: ClusterPlan, image: string, pkiFiles: readonly HostFile[]): readonly HostFile[] {
  const ca = pkiFiles.find(({ path }) => path === NODE_PKI.ca);
  if (ca === undefined) throw new Error(`no ${NODE_PKI.ca}`);
  const last = known.get(plan);
  if (last?.image === image && Buffer.compare(last.ca.content, ca.content) === 0) return last.files;
  const files = renderBalancer(plan, image, ca);
  known.set(plan, { image, ca, files });
  return files;
}

function renderBalancer(plan: ClusterPlan, image: string, ca: HostFile): HostFile[] {
  const config = rootFile(BALANCER.config, encodeHaproxy(balancerConfiguration(plan)));
  const pod = encodeStaticPod({
    name: 'ironkeel-balancer',
    tier: 'node',
    image,
    // With a master process (-W): as the first process of a container a single one would not heed a SIGTERM.
    command: ['haproxy', '-W', '-db', '-f', BALANCER.config],
    user: COMPONENT_USERS.balancer,
    // Whatever else runs on the machine's network reaches the API through it, until the end.
    priority: 'system-node-critical',
    requests: { cpu: '10m', memory: '32Mi' },
    // As patient as with the control plane: a machine that is busy starting everything is not to lose its way to the API.
    liveness: { path: '/healthz', port: HEALTH_PORT, periodSeconds: 10, timeoutSeconds: 15, failureThreshold: 8 },
    mounts: [
      { path: BALANCER.folder, type: 'Directory' },
      { path: NODE_PKI.ca, type: 'File' },
    ],
    reads: [config, ca],
  });
  return [rootFile(`${STATIC_PODS}/ironkeel-balancer.yaml`, pod, 0o600), config];
}

/** Source: HAProxy configuration manual; no directive that 2.6, Debian 12's, does not know. */
function balancerConfiguration(plan: ClusterPlan): HaproxySection[] {
  return [globalSection, defaultsSection, frontend, backend(plan), healthSection];
}

const globalSection: HaproxySection = {
  head: ['global'],
  lines: [
    // Without it the number follows the runtime's limit on open files, and so does the memory.
    ['maxconn', 1000],
    ['nbthread', 2],
    // Asked to stop it would wait for watches, which never end.
    ['hard-stop-after', '2s'],
    ['log', 'stdout', 'format', 'raw', 'local0', 'notice'],
  ],
};

const defaultsSection: HaproxySection = {
  head: ['defaults'],
  lines: [
    ['mode', 'tcp'],
    ['log', 'global'],
    ['timeout', 'connect', '2s'],
    // A shell in a pod may be silent for long; clients that are gone are found by keep-alive packets.
    ['timeout', 'client', '1h'],
    ['timeout', 'server', '1h'],
    ['timeout', 'tunnel', '24h'],
    ['timeout', 'check', '2s'],
    ['option', 'clitcpka'],
    ['option', 'srvtcpka'],
    // One a second, each to whoever is ready by then.
    ['retries', 8],
    ['option', 'redispatch', 1],
  ],
};

const frontend: HaproxySection = {
  head: ['frontend', 'kubernetes'],
  lines: [
    ['bind', `127.0.0.1:${NODE_BALANCER_PORT}`],
    ['default_backend', 'controllers'],
  ],
};

/** Ready is who says so over TLS as the API server; whoever no longer is loses its connections at once. */
function backend({ controllers }: ClusterPlan): HaproxySection {
  const check = ['check', 'check-ssl', 'verify', 'required', 'ca-file', NODE_PKI.ca, 'verifyhost', 'kubernetes'];
  const pace = ['inter', '3s', 'fastinter', '1s', 'downinter', '1s', 'rise', 1, 'fall', 2];
  return {
    head: ['backend', 'controllers'],
    lines: [
      // Not in turn: every machine would begin with the first.
      ['balance', 'random(2)'],
      ['option', 'httpchk'],
      ['http-check', 'send', 'meth', 'GET', 'uri', '/readyz', 'ver', 'HTTP/1.1', 'hdr', 'Host', 'kubernetes'],
      ['http-check', 'expect', 'status', 200],
      ['default-server', ...check, ...pace, 'on-marked-down', 'shutdown-sessions'],
      ...controllers.map(({ machine }) => ['server', machine.name, `${machine.ip}:${API_SERVER_PORT}`]),
      // While nobody is ready a connection waits here, refused and tried again, and goes through within a second of the
      // first API server. Refused at once, a kubelet would soon ask every seven seconds only.
      ['server', WAITING_ROOM, '127.0.0.1:1', 'backup', 'no-check'],
    ],
  };
}

const healthSection: HaproxySection = {
  head: ['frontend', 'health'],
  lines: [
    ['bind', `127.0.0.1:${HEALTH_PORT}`],
    ['mode', 'http'],
    ['timeout', 'client', '5s'],
    ['monitor-uri', '/healthz'],
  ],
};
