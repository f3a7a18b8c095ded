import type { ApiObject, ApiResource } from '../api/gate.js';

/** Everything of the test is in a namespace of its own, so that removing it removes all. */
export const ECHO_NAMESPACE = 'ironkeel-edge-test';
/** Tells the namespace from one of the user's that happens to have its name. */
export const ECHO_LABEL = 'ironkeel.dev/edge-test';

const NAME = 'echo';
/** Where the echo listens: it may not open the ports below 1024. */
const PORT = 8080;
/** No user of the machines. */
const USER = 65_532;

export interface EchoOptions {
  readonly host: string;
  /** Answers every request with what it saw of it, at the port that PORT names. */
  readonly image: string;
  /** Undefined for the cluster's default. */
  readonly ingressClass?: string | undefined;
}

/** An object with where it is found. */
export type Placed = readonly [object: ApiObject, resource: ApiResource];

/** The namespace of the test. */
export function echoNamespace(): Placed {
  const labels = { [ECHO_LABEL]: 'true', 'pod-security.kubernetes.io/enforce': 'restricted' };
  const metadata = { name: ECHO_NAMESPACE, labels };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata },
    { plural: 'namespaces', namespaced: false },
  ];
}

/** What the guide makes by hand: a pod that prints the headers of requests, a Service, an Ingress. In order. */
export function echoObjects(options: EchoOptions): readonly Placed[] {
  return [
    echoNamespace(),
    [
      { apiVersion: 'apps/v1', ...echoDeployment(options) },
      { plural: 'deployments', namespaced: true },
    ],
    [
      { apiVersion: 'v1', ...echoService() },
      { plural: 'services', namespaced: true },
    ],
    [
      { apiVersion: 'networking.k8s.io/v1', ...echoIngress(options) },
      { plural: 'ingresses', namespaced: true },
    ],
  ];
}

const META = { name: NAME, namespace: ECHO_NAMESPACE, labels: { app: NAME } };

function echoDeployment({ image }: EchoOptions) {
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    env: [{ name: 'PORT', value: String(PORT) }],
    ports: [{ name: 'http', containerPort: PORT }],
    readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
  const spec = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
  };
  const template = { metadata: { labels: META.labels }, spec };
  return {
    kind: 'Deployment',
    metadata: META,
    spec: { replicas: 1, selector: { matchLabels: META.labels }, template },
  };
}

function echoService() {
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  return { kind: 'Service', metadata: META, spec: { selector: META.labels, ports } };
}

function echoIngress({ host, ingressClass }: EchoOptions) {
  const backend = { service: { name: NAME, port: { name: 'http' } } };
  // HTTP is tried too, so nobody is to be sent on to HTTPS; controllers read the annotation of their own.
  const annotations = { 'ingress.kubernetes.io/ssl-redirect': 'false', 'nginx.org/ssl-redirect': 'false' };
  return {
    kind: 'Ingress',
    metadata: { ...META, annotations },
    spec: {
      ...(ingressClass === undefined ? {} : { ingressClassName: ingressClass }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      // Without a Secret: the controller shows the domain's certificate.
      tls: [{ hosts: [host] }],
    },
  };
}
