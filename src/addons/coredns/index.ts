import type { ClusterPlan } from '../../plan/index.js';
import { clusterPermissions, configMap, selectorLabels, serviceAccount, systemMeta } from '../objects.js';
import { CONFINED, CONTROL_PLANE_TOLERATIONS, deployment, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';
import { directive, encodeCorefile } from './corefile.js';

const NAME = 'coredns';

/** What other programs and policies know cluster DNS by. */
const KNOWN_LABELS = { 'k8s-app': 'kube-dns' };

/** Cluster DNS. Source: `coredns.yaml.sed` of coredns/deployment, and kubeadm's manifest. */
export const coredns: Addon = {
  name: NAME,
  enabled: () => true,
  images: ['coredns'],
  on: 'all',
  objects({ plan, images }) {
    return [
      serviceAccount(NAME),
      ...clusterPermissions(NAME, 'ironkeel:coredns', [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ]),
      configMap(NAME, NAME, { Corefile: corefile(plan.cluster.clusterDomain) }),
      deployment({ addon: NAME, labels: KNOWN_LABELS, spec: podSpec(plan, images) }, 2),
      service(plan),
      disruptionBudget(),
    ];
  },
};

/** Upstream's; it is read again while running (`reload`), so no pod restarts for it. */
function corefile(clusterDomain: string): string {
  const reverse = ['in-addr.arpa', 'ip6.arpa'].join(' ');
  return encodeCorefile([
    directive('.:53', [
      directive('errors'),
      directive('health', [directive('lameduck 5s')]),
      directive('ready'),
      directive(`kubernetes ${clusterDomain} ${reverse}`, [
        directive('pods insecure'),
        directive(`fallthrough ${reverse}`),
        directive('ttl 30'),
      ]),
      directive('prometheus :9153'),
      directive('forward . /etc/resolv.conf', [directive('max_concurrent 1000')]),
      directive('cache 30'),
      directive('loop'),
      directive('reload'),
      directive('loadbalance'),
    ]),
  ]);
}

function podSpec(plan: ClusterPlan, images: AddonContext['images']) {
  return {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    // Not its own Service: it asks the machine's servers.
    dnsPolicy: 'Default',
    tolerations: [...CONTROL_PLANE_TOLERATIONS, ...leaveLostNodes()],
    topologySpreadConstraints: [spread(plan)],
    securityContext: {
      ...unprivileged(65532),
      // Port 53 without a privilege, also where the container runtime has no such default.
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '53' }],
    },
    containers: [container(images)],
    volumes: [{ name: 'config', configMap: { name: NAME } }],
  };
}

/** Sooner than the five minutes of ordinary pods. */
function leaveLostNodes() {
  return ['not-ready', 'unreachable'].map((state) => ({
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 60,
  }));
}

/**
 * Never two on one node, where there are two: the first node to register would get both otherwise and keep them.
 */
function spread({ nodes }: ClusterPlan) {
  return {
    maxSkew: 1,
    ...(nodes.length > 1 ? { minDomains: 2 } : {}),
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    nodeTaintsPolicy: 'Honor',
    labelSelector: { matchLabels: selectorLabels(NAME) },
    // Pods of an older template do not keep a newer one's from a node.
    matchLabelKeys: ['pod-template-hash'],
  };
}

function container(images: AddonContext['images']) {
  return {
    name: NAME,
    image: images.coredns,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    livenessProbe: { httpGet: { path: '/health', port: 8080 }, initialDelaySeconds: 30, timeoutSeconds: 5 },
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 5 },
    resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
    // The image's program carries this capability and cannot be started without.
    securityContext: { ...CONFINED, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  };
}

function service({ clusterDnsIp }: ClusterPlan): KubernetesObject {
  const meta = systemMeta(NAME, 'kube-dns');
  const labels = {
    ...meta.labels,
    ...KNOWN_LABELS,
    'kubernetes.io/cluster-service': 'true',
    'kubernetes.io/name': 'CoreDNS',
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...meta, labels, annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' } },
    spec: {
      clusterIP: clusterDnsIp,
      selector: selectorLabels(NAME),
      ports: [
        { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, targetPort: 'dns-tcp', protocol: 'TCP' },
        { name: 'metrics', port: 9153, targetPort: 'metrics', protocol: 'TCP' },
      ],
    },
  };
}

function disruptionBudget(): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: systemMeta(NAME),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(NAME) } },
  };
}
