import { certManager } from './cert-manager/index.js';
import { coredns } from './coredns/index.js';
import { defaultHttpBackend } from './default-http-backend/index.js';
import { flannel } from './flannel/index.js';
import { headlamp } from './headlamp/index.js';
import { kubeProxy } from './kube-proxy/index.js';
import { localPath } from './local-path/index.js';
import { metricsServer } from './metrics-server/index.js';
import { networkPolicy } from './network-policy/index.js';
import { rbac } from './rbac/index.js';
import { traefik } from './traefik/index.js';
import type { Addon } from './types.js';

/**
 * Every addon in the order they are applied, which their files' numbers keep: what makes a node Ready comes first, a
 * new one goes at the end.
 */
export const addons: readonly Addon[] = [
  rbac,
  kubeProxy,
  flannel,
  networkPolicy,
  coredns,
  metricsServer,
  localPath,
  defaultHttpBackend,
  traefik,
  headlamp,
  certManager,
];
