import { z } from 'zod';
import { PATTERNS, text } from './schema-fields.js';
import { ROLES } from './types.js';

/** A flag's value as people write it; a list is joined with commas. */
const flagValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
export type RawFlagValue = z.infer<typeof flagValue>;

function flagged(program: string) {
  const flags = z.record(z.string(), flagValue).optional().meta({
    description: 'Flags by name, without dashes; they win over Ironkeel’s. A list is joined with commas.',
  });
  return z
    .strictObject({ flags })
    .optional()
    .meta({ description: `Flags of your own for ${program}.` });
}

function configured(program: string, type: string) {
  const config = z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: `Fields of ${type}, merged over Ironkeel’s.` });
  return z
    .strictObject({ config })
    .optional()
    .meta({ description: `Configuration of your own for ${program}.` });
}

/** The components below `kubernetes`, each with flags or configuration of the user's own. */
export const componentFields = {
  apiServer: flagged('kube-apiserver'),
  controllerManager: flagged('kube-controller-manager'),
  scheduler: flagged('kube-scheduler'),
  etcd: flagged('etcd'),
  kubelet: configured('the kubelet', 'KubeletConfiguration (kubelet.config.k8s.io/v1beta1)'),
  kubeProxy: configured('kube-proxy', 'KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1)'),
};

export const cniField = z.enum(['flannel', 'none']).optional().meta({
  description: 'What connects the pods: flannel, or none, and you install your own.',
  default: 'flannel',
});

export const trustedField = z.array(z.string()).min(1).optional().meta({
  description: 'Public ranges that lead to each other over wires of yours alone, fit for traffic in the clear.',
});

export const controlPlaneSchema = z
  .strictObject({
    schedulable: z.boolean().optional().meta({
      description: 'Whether ordinary pods run on controllers. Default: only where every machine is a controller.',
    }),
  })
  .meta({ description: 'The machines with the role controller.' });

const externalEtcd = z
  .strictObject({
    endpoints: z.array(z.string()).min(1).meta({ description: 'Its members: https://HOST:PORT each.' }),
    caFile: text('File with the certificate authority of its servers in PEM, relative to this file.'),
    certFile: text('File with the API server’s client certificate in PEM.'),
    keyFile: text('File with the private key of that certificate in PEM.'),
  })
  .meta({ description: 'An etcd that you run. Default: one member on every controller.' });

export const etcdSchema = z
  .strictObject({ external: externalEtcd.optional() })
  .meta({ description: 'Where the cluster keeps its state.' });

const addon = (description: string, enabled = true) => z.boolean().optional().meta({ description, default: enabled });

export const addonsSchema = z
  .strictObject({
    metricsServer: addon('metrics-server: kubectl top and autoscaling.'),
    localStorage: addon('A default StorageClass on the machines’ own disks.'),
    networkPolicy: addon('The enforcer of NetworkPolicies beside flannel; off with cni: none.'),
    headlamp: addon('Headlamp, a dashboard that `ironkeel dashboard` opens; nobody else reaches it.', false),
  })
  .meta({ description: 'What is installed into the cluster beside the network and DNS.' });

const sources = (description: string) => z.array(z.string()).min(1).optional().meta({ description });

export const firewallSchema = z
  .strictObject({
    enabled: z.boolean().optional().meta({ description: 'Whether machines refuse what they need not.', default: true }),
    nodes: sources('Ranges that machines get addresses from, besides those in this file; needed with DHCP.'),
    ssh: sources('Ranges and addresses that reach SSH. Default: any; on edges private ones and the machines.'),
    api: sources('Ranges and addresses that reach the API. Default: any. Machines always do.'),
  })
  .meta({ description: 'The firewall on every machine.' });

const defaultBackend = z
  .strictObject({
    image: text('An image of your own that answers /healthz with 200. Default: one that shows a page, with 404.', {
      examples: ['registry.example.com/not-found:1'],
    }).optional(),
    port: z.int().min(1).max(65_535).optional().meta({ description: 'Where it listens.', default: 8080 }),
  })
  .meta({ description: 'Who answers for hosts and paths that no Ingress names.' });

export const ingressSchema = z
  .strictObject({
    controller: z.enum(['traefik', 'none']).optional().meta({
      description: 'What serves Ingresses on the edges: traefik, or none, and you install your own.',
      default: 'traefik',
    }),
    defaultBackend: defaultBackend.optional(),
    floatingAddress: text('A free address of the edges’ segment that moves to an edge that serves; DNS shows it.', {
      examples: ['123.234.234.200'],
    }).optional(),
    redirectToHttps: z.boolean().optional().meta({
      description: 'Whether every request by HTTP is sent to the same address by HTTPS.',
      default: false,
    }),
    trustedProxies: sources(
      'Ranges and addresses of balancers in front of the edges: they are believed about who the client is.',
    ),
  })
  .meta({ description: 'The way from the world to Services, where there are edges.' });

const preloadArchive = z.strictObject({
  source: text('Where it is: https://… or a path below artefactMirror, such as images/app.tar.'),
  sha256: text('SHA-256 of the archive in hex, in quotes.', { pattern: PATTERNS.sha256 }),
  roles: z
    .array(z.enum(ROLES))
    .min(1)
    .optional()
    .meta({ description: 'Roles of the machines that get it. Default: every one.' }),
});

export const imagesSchema = z
  .strictObject({
    preload: z.array(preloadArchive).optional().meta({ description: 'OCI archives that machines import and keep.' }),
  })
  .meta({ description: 'Images that machines have before anything asks for them.' });
