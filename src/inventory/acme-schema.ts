import { z } from 'zod';
import { text } from './schema-fields.js';

/** Let's Encrypt's directory for certificates that browsers trust. */
export const ACME_SERVER = 'https://acme-v02.api.letsencrypt.org/directory';

/** The fields of a domain that say where its certificates come from. */
export const domainTlsFields = {
  tls: z.enum(['own', 'acme']).optional().meta({
    description:
      'Where its certificates come from: the cluster’s own authority, or an ACME server such as Let’s Encrypt.',
    default: 'own',
  }),
  wildcard: z
    .boolean()
    .optional()
    .meta({ description: 'With tls: acme, one certificate for every name below it, too.', default: false }),
};

export const acmeSchema = z
  .strictObject({
    email: text('Address that the ACME server’s operator writes to.', { examples: ['you@example.com'] }),
    server: text('Directory of the ACME server.', { default: ACME_SERVER }).optional(),
    caFile: text(
      'File with the authority of the server’s own certificate in PEM, for a server of your own.',
    ).optional(),
    dns01: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({
        description:
          'How wildcards are proven: dns01 of a cert-manager solver, with a provider and its credentials’ Secret.',
        examples: [{ cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'token' } } }],
      }),
  })
  .meta({ description: 'Certificates for domains with tls: acme.' });
