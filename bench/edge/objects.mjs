// What the edge serves, and what serves the same without it: one pod on the edge, reached in three ways.

export const IMAGE = 'lab.local/nginx:1';
export const HOST = 'web.example.com';
/** Ports of the machine that lead to the pod past the ingress; pods on edges may have any. */
export const [BARE_PORT, PROXY_PORT] = [8080, 8081];

const PAGE = `<h1>A page</h1>\n${'<p>of a kilobyte</p>\n'.repeat(50)}`.slice(0, 1023).padEnd(1024, '\n');

/** As Debian has it, as far as it matters: a worker per core, connections kept, nothing logged. */
const CONFIGURATION = `worker_processes auto;
pid /tmp/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  keepalive_requests 1000000;
  upstream itself { server 127.0.0.1:${BARE_PORT}; keepalive 64; }
  server { listen ${BARE_PORT}; location / { root /page; default_type text/html; } }
  server {
    listen ${PROXY_PORT};
    location / { proxy_pass http://itself; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`;

const labels = { app: 'web' };

/** A namespace, a DaemonSet of the edges, its configuration, a Service and an Ingress. */
export function objects() {
  const metadata = { name: 'web', namespace: 'web' };
  // A port of the machine is more than pods may have elsewhere.
  const namespace = { name: 'web', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } };
  const service = { name: 'web', port: { number: 80 } };
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service } }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: namespace },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'nginx.conf': CONFIGURATION, 'index.html': PAGE } },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: BARE_PORT }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: { rules: [{ host: HOST, http: { paths } }] },
    },
  ];
}

function podSpec() {
  return {
    nodeSelector: { 'node-restriction.kubernetes.io/role': 'edge-router' },
    containers: [
      {
        name: 'nginx',
        image: IMAGE,
        imagePullPolicy: 'IfNotPresent',
        args: ['-e', 'stderr', '-c', '/configuration/nginx.conf', '-g', 'daemon off;'],
        ports: [BARE_PORT, PROXY_PORT].map((port) => ({ containerPort: port, hostPort: port, protocol: 'TCP' })),
        volumeMounts: [
          { name: 'configuration', mountPath: '/configuration', readOnly: true },
          { name: 'configuration', mountPath: '/page', readOnly: true },
          { name: 'scratch', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'configuration', configMap: { name: 'web' } },
      { name: 'scratch', emptyDir: { medium: 'Memory' } },
    ],
  };
}
