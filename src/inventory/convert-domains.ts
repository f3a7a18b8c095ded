import { ACME_SERVER } from './acme-schema.js';
import type { InventoryContext } from './context.js';
import { pemText, readPem } from './pem.js';
import type { RawCluster } from './schema.js';
import type { AcmeSettings, Domain } from './types.js';

/** A domain of the file; `edges` are the names of every edge. */
export function toDomain(raw: NonNullable<RawCluster['domains']>[number], edges: readonly string[]): Domain {
  const domain = { name: raw.name, edges: raw.edges ?? edges };
  return raw.tls === 'acme' ? { ...domain, acme: { wildcard: raw.wildcard ?? false } } : domain;
}

/** The ACME server, its authority read from the file that is named. */
export function toAcme(raw: NonNullable<RawCluster['acme']>, context: InventoryContext): AcmeSettings {
  const { email, server = ACME_SERVER, caFile, dns01 } = raw;
  return { email, server, ca: caFile === undefined ? undefined : readAuthority(caFile, context), dns01 };
}

function readAuthority(file: string, context: InventoryContext): string {
  const reading = context.readFile(file);
  if ('error' in reading) throw new Error(`${file} became unreadable while the inventory was read`);
  return pemText(readPem(reading.content), 'ca');
}
