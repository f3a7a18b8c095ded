import type { Cluster } from './types.js';

const NONE = { flags: {}, config: {} };

/**
 * What a cluster has that says nothing about its software: one etcd member a controller, flannel, every addon, the firewall, the
 * ingress on edges.
 */
export const CLUSTER_SETTINGS = {
  components: {
    apiServer: NONE,
    controllerManager: NONE,
    scheduler: NONE,
    etcd: NONE,
    kubelet: NONE,
    kubeProxy: NONE,
  },
  cni: 'flannel',
  schedulableControllers: false,
  etcd: {},
  addons: { metricsServer: true, localStorage: true, networkPolicy: true, headlamp: false },
  firewall: { enabled: true, nodes: [] },
  ingress: { controller: 'traefik', defaultBackend: { port: 8080 }, redirectToHttps: false, trustedProxies: [] },
  preload: [],
} as const satisfies Partial<Cluster>;
