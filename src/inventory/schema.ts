import { z } from 'zod';
import { acmeSchema, domainTlsFields } from './acme-schema.js';
import { machineSchema } from './machine-schema.js';
import { CATALOGUE, osField, PATTERNS, text } from './schema-fields.js';
import {
  addonsSchema,
  cniField,
  componentFields,
  controlPlaneSchema,
  etcdSchema,
  firewallSchema,
  imagesSchema,
  ingressSchema,
  trustedField,
} from './settings-schema.js';

export const API_VERSION = 'ironkeel.dev/v1alpha1';
export const KIND = 'Cluster';

/** Where the design's defaults live; `convert.ts` and the JSON Schema take them from here. */
export const DEFAULTS = {
  os: 'flatcar',
  podRange: '10.2.0.0/16',
  serviceRange: '10.3.0.0/16',
  clusterDomain: 'cluster.local',
  apiPort: 6443,
  keyType: 'ec-p256',
  caLifetimeDays: 3650,
  leafLifetimeDays: 365,
  renewBeforeDays: 90,
} as const;

/** Days before its end that a certificate is renewed, unless told: 90, and a quarter of a shorter life. */
export function defaultRenewal(leafLifetimeDays: number): number {
  return Math.min(DEFAULTS.renewBeforeDays, Math.floor(leafLifetimeDays / 4));
}

const sshKey = z
  .union([
    text('A public key, as in id.pub: type, base64, comment.', { examples: ['ssh-ed25519 AAAA… you@laptop'] }),
    z.strictObject({ file: text('File with one public key a line, relative to this file.', { examples: ['id.pub'] }) }),
  ])
  .meta({ description: 'Who may log in: a public key, or the file that holds it.' });

const kubernetes = z
  .strictObject({
    version: text('Kubernetes version, in quotes. One that is not in the catalogue is pinned by ironkeel bundle.', {
      [CATALOGUE]: 'version',
    }).optional(),
    ...componentFields,
  })
  .meta({ description: 'What Kubernetes is installed, and how its components are started.' });

const network = z
  .strictObject({
    pods: text('Range of the pods’ addresses; every machine takes a /24 of it.', {
      default: DEFAULTS.podRange,
      pattern: PATTERNS.cidr,
    }).optional(),
    services: text('Range of the services’ addresses; the first is the API’s, the tenth the DNS’s.', {
      default: DEFAULTS.serviceRange,
      pattern: PATTERNS.cidr,
    }).optional(),
    clusterDomain: text('DNS zone inside the cluster.', {
      default: DEFAULTS.clusterDomain,
      pattern: PATTERNS.subdomain,
    }).optional(),
    cni: cniField,
    trusted: trustedField,
  })
  .meta({
    description: 'The network inside the cluster. Its address ranges must not exist anywhere in your network.',
  });

const domain = z.strictObject({
  name: text('A domain that the edge machines serve, such as example.com.', { pattern: PATTERNS.subdomain }),
  edges: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ description: 'Names of the edge machines that serve it. Default: every edge.' }),
  ...domainTlsFields,
});

const proxy = z
  .strictObject({
    http: text('Proxy for http:// downloads, such as http://proxy.lan:3128.').optional(),
    https: text('Proxy for https:// downloads.').optional(),
    noProxy: z
      .array(z.string())
      .optional()
      .meta({ description: 'Hosts, .suffixes and ranges reached directly; the cluster’s own are always.' }),
  })
  .meta({ description: 'How machines reach the Internet.' });

const registry = z.strictObject({
  host: text('Host that images are named by, such as docker.io.'),
  mirrors: z.array(z.string()).min(1).meta({ description: 'Base URLs asked first, in order.' }),
});

const days = (description: string, value: number) =>
  z.int().min(1).max(36_500).optional().meta({ description, default: value });

const certificates = z
  .strictObject({
    keyType: z
      .enum(['ec-p256', 'rsa-2048', 'rsa-4096'])
      .optional()
      .meta({ description: 'Key type of every certificate.', default: DEFAULTS.keyType }),
    caLifetimeDays: days('Days a certificate authority lives.', DEFAULTS.caLifetimeDays),
    leafLifetimeDays: days('Days a machine’s certificate lives.', DEFAULTS.leafLifetimeDays),
    renewBeforeDays: days('A certificate with fewer days left is issued anew by build.', DEFAULTS.renewBeforeDays),
  })
  .meta({ description: 'Lifetimes and key type of the certificates.' });

/** The user's file, apiVersion ironkeel.dev/v1alpha1: its shape only. What values mean is checked by `rules/`. */
export const clusterSchema = z
  .strictObject({
    apiVersion: z.literal(API_VERSION).meta({ description: 'Version of this file’s format.' }),
    kind: z.literal(KIND).meta({ description: 'What this file describes.' }),
    name: text('Name of the cluster; kubectl’s context gets it.', { pattern: PATTERNS.label }),
    kubernetes: kubernetes.optional(),
    endpoint: text('Where people reach the API: host or host:port. Default: the first controller’s IP, port 6443.', {
      examples: ['api.example.com'],
    }).optional(),
    os: osField('Operating system of machines that name none.', DEFAULTS.os).optional(),
    sshKeys: z.array(sshKey).min(1).meta({ description: 'Who may log in to the machines.' }),
    network: network.optional(),
    controlPlane: controlPlaneSchema.optional(),
    etcd: etcdSchema.optional(),
    addons: addonsSchema.optional(),
    firewall: firewallSchema.optional(),
    ingress: ingressSchema.optional(),
    images: imagesSchema.optional(),
    domains: z.array(domain).optional().meta({ description: 'Domains that the edge machines serve.' }),
    acme: acmeSchema.optional(),
    nodeNames: z
      .enum(['machine', 'ip'])
      .optional()
      .meta({ description: 'What Kubernetes calls a node: its machine’s name or its IP.', default: 'machine' }),
    proxy: proxy.optional(),
    ntp: z.array(z.string()).min(1).optional().meta({ description: 'Time servers. Default: those of the OS.' }),
    registries: z.array(registry).optional().meta({ description: 'Mirrors of image registries.' }),
    artefactMirror: text('Base URL that replaces every publisher’s host when machines download.').optional(),
    certificates: certificates.optional(),
    machines: z.array(machineSchema).meta({ description: 'The machines, in any order.' }),
  })
  .meta({ title: 'Ironkeel cluster', description: 'One Kubernetes cluster on bare metal: ironkeel build reads this.' });

export type RawCluster = z.infer<typeof clusterSchema>;
export type RawMachine = z.infer<typeof machineSchema>;
export type RawOs = NonNullable<RawCluster['os']>;
