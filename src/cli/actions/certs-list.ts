import { type ListedCertificate, listCertificates } from '../../pki/index.js';
import { planCluster } from '../../plan/index.js';
import { loadSecrets } from '../../secrets/index.js';
import { DAY, type Instant } from '../../support/clock.js';
import { inputError } from '../../support/problem.js';
import type { CertsListFlags } from '../commands/certs-list.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { table } from '../table.js';
import { unlockFrom } from '../unlock.js';

/** Lists authorities and certificates, the next to expire first. */
export default async function certsList(context: CliContext, flags: CertsListFlags & GlobalFlags): Promise<void> {
  const { folder } = clusterPaths(context, flags);
  const { cluster } = await readInventory(context, flags);
  const stored = await loadSecrets(folder, unlockFrom(context, flags));
  if (stored === undefined) {
    throw inputError('no-secrets', `there are no certificates in ${folder} yet`, 'Run `ironkeel build` first');
  }
  const now = context.now();
  const certificates = [...listCertificates(planCluster(cluster), stored.secrets)].sort(
    (a, b) => a.notAfter - b.notAfter,
  );
  const rows = certificates.map((certificate) => row(certificate, now));
  for (const line of table([['CERTIFICATE', 'ISSUER', 'SUBJECT', 'EXPIRES', 'DAYS', 'NAMES'], ...rows]))
    context.out.line(line);
  context.out.result({ certificates: certificates.map((certificate) => toJson(certificate, now)) });
}

function row(certificate: ListedCertificate, now: Instant): string[] {
  const { id, authority, names } = certificate;
  const shown = names.length > 3 ? [...names.slice(0, 3), `+${names.length - 3}`] : names;
  return [
    id,
    authority,
    subject(certificate),
    day(certificate.notAfter),
    String(daysLeft(certificate, now)),
    shown.join(' '),
  ];
}

function subject({ commonName, organization }: ListedCertificate): string {
  return organization === undefined ? commonName : `${commonName} (${organization})`;
}

function toJson(certificate: ListedCertificate, now: Instant): Record<string, unknown> {
  const notAfter = new Date(certificate.notAfter).toISOString();
  return { ...certificate, notAfter, daysLeft: daysLeft(certificate, now) };
}

function day(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function daysLeft({ notAfter }: ListedCertificate, now: Instant): number {
  return Math.floor((notAfter - now) / DAY);
}
