/** Preloaded on every worker: what local storage prepares its folders with. */
export const TOOLBOX = 'docker.io/library/busybox:1.37.0';

interface PodOptions {
  readonly node?: string;
  readonly command?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** A claim that is mounted at `/data`. */
  readonly claim?: string;
}

const SERVE = ['sh', '-c', 'mkdir -p /tmp/www && hostname >/tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www'];

/** A pod that answers on port 8080 with its own name, unless told otherwise. A reboot of its machine ends it for good. */
export function pod(name: string, options: PodOptions = {}): object {
  const metadata = { name, namespace: 'default', labels: { app: name, ...options.labels } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec(options) };
}

/** As {@link pod}, by a Deployment: kubelets end pods when their machine shuts down, and this one gets a successor. */
export function deployment(name: string, options: PodOptions = {}): object {
  const labels = { app: name, ...options.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels }, spec: { hostname: name, ...podSpec(options) } },
    },
  };
}

function podSpec({ node, command = SERVE, claim }: PodOptions): object {
  const volume = { name: 'data', persistentVolumeClaim: { claimName: claim } };
  const container = {
    name: 'main',
    image: TOOLBOX,
    imagePullPolicy: 'IfNotPresent',
    command,
    ...(claim === undefined ? {} : { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
  };
  return {
    terminationGracePeriodSeconds: 1,
    ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
    containers: [container],
    ...(claim === undefined ? {} : { volumes: [volume] }),
  };
}

/** A Service for the pods of that label. */
export function service(name: string, nodePort?: number): object {
  const port = { port: 80, targetPort: 8080, ...(nodePort === undefined ? {} : { nodePort }) };
  const type = nodePort === undefined ? 'ClusterIP' : 'NodePort';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type, selector: { app: name }, ports: [port] },
  };
}

/** Disk space of the default StorageClass. */
export function claim(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
  };
}

/** Lets nobody reach the pods of that label. */
export function denyAll(name: string): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `deny-${name}`, namespace: 'default' },
    spec: { podSelector: { matchLabels: { app: name } }, policyTypes: ['Ingress'] },
  };
}
