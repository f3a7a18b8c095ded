import { encodeYaml } from '../formats/yaml.js';
import type { HostFile } from '../plan/index.js';
import { sha256 } from '../support/sha256.js';

/** A pod that the kubelet runs from a file, with one container on the machine's own network. */
export interface StaticPod {
  readonly name: string;
  readonly tier: 'control-plane' | 'node';
  readonly image: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Numeric, 0 for root; the group has the same number. */
  readonly user: number;
  readonly priority: keyof typeof PRIORITIES;
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly startup?: Probe;
  /** Not for a program that says nothing over HTTP: its end is all there is to see. */
  readonly liveness?: Probe;
  readonly readiness?: Probe;
  readonly mounts: readonly Mount[];
  /** A folder in memory for what it writes while it runs. */
  readonly scratch?: string;
  /** Kept of all capabilities. None unless told. */
  readonly capabilities?: readonly string[];
  /** The configuration and the credentials it reads. When one changes, so does the pod, and the kubelet starts it anew. */
  readonly reads: readonly HostFile[];
}

/** A request to the machine's loopback. */
export interface Probe {
  readonly path: string;
  readonly port: number;
  readonly scheme?: 'HTTP' | 'HTTPS';
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** A folder, or a file, of the machine at the same place in the pod. */
export interface Mount {
  readonly path: string;
  readonly type: 'Directory' | 'File';
  readonly writable?: boolean;
}

/**
 * By number too: for a static pod nobody fills it in, and the order of a shutdown goes by it. etcd ends after what
 * writes to it.
 */
export const PRIORITIES = {
  'system-node-critical': 2000001000,
  'system-cluster-critical': 2000000000,
} as const;

/** The YAML of a static pod (`v1`, `Pod`): hardened the same way for all. */
export function encodeStaticPod(pod: StaticPod): string {
  return encodeYaml({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: 'kube-system',
      labels: { component: pod.name, tier: pod.tier },
      annotations: { 'ironkeel.dev/reads': fingerprint(pod.reads) },
    },
    spec: {
      priority: PRIORITIES[pod.priority],
      priorityClassName: pod.priority,
      hostNetwork: true,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: pod.user !== 0,
        runAsUser: pod.user,
        runAsGroup: pod.user,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container(pod)],
      volumes: [
        ...pod.mounts.map(({ path, type }) => ({ name: volumeName(path), hostPath: { path, type } })),
        ...scratchOf(pod).map((path) => ({ name: volumeName(path), emptyDir: { medium: 'Memory' } })),
      ],
    },
  });
}

function container(pod: StaticPod) {
  return {
    name: pod.name,
    image: pod.image,
    imagePullPolicy: 'IfNotPresent',
    command: pod.command,
    resources: { requests: pod.requests },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: pod.capabilities },
      readOnlyRootFilesystem: true,
    },
    startupProbe: probe(pod.startup),
    livenessProbe: probe(pod.liveness),
    readinessProbe: probe(pod.readiness),
    volumeMounts: [
      ...pod.mounts.map(({ path, writable }) => ({
        name: volumeName(path),
        mountPath: path,
        readOnly: writable === true ? undefined : true,
      })),
      ...scratchOf(pod).map((path) => ({ name: volumeName(path), mountPath: path })),
    ],
  };
}

function scratchOf({ scratch }: StaticPod): string[] {
  return scratch === undefined ? [] : [scratch];
}

function probe(probe: Probe | undefined) {
  if (probe === undefined) return undefined;
  const { path, port, scheme, ...timing } = probe;
  return { httpGet: { host: '127.0.0.1', path, port, scheme: scheme ?? 'HTTP' }, ...timing };
}

/** `/etc/kubernetes/pki/ca.pem` → `etc-kubernetes-pki-ca-pem`: RFC 1123, as a volume's name has to be. */
function volumeName(path: string): string {
  return path.slice(1).replace(/[/._]/g, '-');
}

/** The files that a command line names as values of its flags. */
export function filesNamedIn(command: readonly string[], files: readonly HostFile[]): HostFile[] {
  return files.filter(({ path }) => command.some((word) => word === path || word.endsWith(`=${path}`)));
}

function fingerprint(files: readonly HostFile[]): string {
  return sha256(files.map(({ path, content }) => `${path} ${sha256(content)}\n`).join('')).slice(0, 16);
}
