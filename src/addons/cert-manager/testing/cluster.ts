import type { Cluster } from '../../../inventory/types.js';

/** What makes the guide's cluster one whose certificates come from an ACME server, a wildcard among them. */
export const ACME_CLUSTER = {
  domains: [{ name: 'example.com', edges: ['example.com'], acme: { wildcard: true } }],
  acme: {
    email: 'me@home.org',
    server: 'https://acme-v02.api.letsencrypt.org/directory',
    dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'token' } } },
  },
} as const satisfies Partial<Cluster>;
