import { encodeHaproxy } from '../../formats/haproxy.js';
import type { ClusterPlan } from '../../plan/index.js';
import { configMap, selectorLabels, serviceAccount, systemMeta } from '../objects.js';
import { CONFINED, CONTROL_PLANE_TOLERATIONS, deployment, unprivileged } from '../pods.js';
import type { Addon, AddonContext, KubernetesObject } from '../types.js';

/** The guide's name; the ingress sends it what no Ingress names. */
export const DEFAULT_BACKEND = 'default-http-backend';

/** The port of its Service. */
export const DEFAULT_BACKEND_PORT = 80;

/** A ConfigMap of the user's own with this name and a `404.html` takes the place of our page. */
const USERS_PAGE = `${DEFAULT_BACKEND}-page`;
const FOLDER = `/etc/${DEFAULT_BACKEND}`;
const PAGE = '404.html';
const CONFIG = 'haproxy.cfg';
const OUR_PORT = 8080;

/**
 * Who answers for hosts and paths that no Ingress names: 404 with a page for everything but `/healthz`. HAProxy, since
 * its image is on every machine anyway, or an image of the user's own.
 */
export const defaultHttpBackend: Addon = {
  name: DEFAULT_BACKEND,
  enabled: isServed,
  // The balancer's, which every machine has.
  images: ['balancer'],
  on: 'workers',
  objects({ plan, images }) {
    const { image } = plan.cluster.ingress.defaultBackend;
    const own = image === undefined ? [] : [image];
    return [
      serviceAccount(DEFAULT_BACKEND),
      ...(own.length > 0 ? [] : [configMap(DEFAULT_BACKEND, DEFAULT_BACKEND, TEXTS)]),
      deployment(
        {
          addon: DEFAULT_BACKEND,
          readAtStart: own.length > 0 ? own : Object.values(TEXTS),
          spec: podSpec(plan, images),
        },
        2,
      ),
      service(),
      disruptionBudget(),
    ];
  },
};

/** Whether an ingress of ours runs anywhere. */
export function isServed({ cluster, nodes }: ClusterPlan): boolean {
  return cluster.ingress.controller !== 'none' && nodes.some(({ machine }) => machine.role === 'edge');
}

const TEXTS = { [CONFIG]: configuration(), [PAGE]: page() };

/** Source: HAProxy configuration manual, `http-request return`; no directive that 2.6 does not know. */
function configuration(): string {
  const html = ['content-type', 'text/html; charset=utf-8', 'file', `${FOLDER}/${PAGE}`];
  return encodeHaproxy([
    {
      head: ['global'],
      lines: [
        ['maxconn', 1000],
        ['nbthread', 2],
        // A page is one buffer; no page of more than this is taken.
        ['tune.bufsize', 131_072],
        ['hard-stop-after', '5s'],
      ],
    },
    {
      head: ['defaults'],
      lines: [
        ['mode', 'http'],
        ['timeout', 'connect', '2s'],
        ['timeout', 'client', '30s'],
        ['timeout', 'server', '30s'],
      ],
    },
    {
      head: ['frontend', DEFAULT_BACKEND],
      lines: [
        ['bind', `:${OUR_PORT}`],
        ['acl', 'health', 'path', '/healthz'],
        ['http-request', 'return', 'status', 200, 'content-type', 'text/plain', 'string', 'ok', 'if', 'health'],
        ['http-request', 'return', 'status', 404, ...html, 'hdr', 'Cache-Control', 'no-store'],
      ],
    },
  ]);
}

function page(): string {
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>404 Not Found</title>';
  return `<!doctype html>\n${head}\n<h1>404 Not Found</h1>\n<p>Nothing is served under this address.</p>\n`;
}

function podSpec(plan: ClusterPlan, images: AddonContext['images']) {
  const { image } = plan.cluster.ingress.defaultBackend;
  return {
    serviceAccountName: DEFAULT_BACKEND,
    automountServiceAccountToken: false,
    priorityClassName: 'system-cluster-critical',
    tolerations: CONTROL_PLANE_TOLERATIONS,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorLabels(DEFAULT_BACKEND) },
      },
    ],
    ...(image === undefined ? ours(images) : usersOwn(image, plan.cluster.ingress.defaultBackend.port)),
  };
}

function ours(images: AddonContext['images']) {
  const usersPage = { name: USERS_PAGE, optional: true, items: [{ key: PAGE, path: PAGE }] };
  return {
    securityContext: unprivileged(65534),
    containers: [
      {
        ...container(images.balancer, OUR_PORT),
        // With a master process (-W): as the first process of a container a single one would not heed a SIGTERM.
        command: ['haproxy', '-W', '-db', '-f', `${FOLDER}/${CONFIG}`],
        securityContext: CONFINED,
        volumeMounts: [{ name: 'texts', mountPath: FOLDER, readOnly: true }],
      },
    ],
    // Of two files of one name the later source's is there.
    volumes: [
      { name: 'texts', projected: { sources: [{ configMap: { name: DEFAULT_BACKEND } }, { configMap: usersPage }] } },
    ],
  };
}

/** As its image has it: what user it runs as and where it writes only its maker knows. */
function usersOwn(image: string, port: number) {
  const { allowPrivilegeEscalation, capabilities } = CONFINED;
  return {
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ ...container(image, port), securityContext: { allowPrivilegeEscalation, capabilities } }],
  };
}

function container(image: string, port: number) {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 };
  return {
    name: DEFAULT_BACKEND,
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 10 },
    readinessProbe: probe,
    resources: { requests: { cpu: '10m', memory: '20Mi' } },
  };
}

function service(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: systemMeta(DEFAULT_BACKEND),
    spec: {
      selector: selectorLabels(DEFAULT_BACKEND),
      ports: [{ name: 'http', port: DEFAULT_BACKEND_PORT, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
    },
  };
}

function disruptionBudget(): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: systemMeta(DEFAULT_BACKEND),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(DEFAULT_BACKEND) } },
  };
}
