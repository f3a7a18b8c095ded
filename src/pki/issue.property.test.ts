import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from '@peculiar/x509';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cluster, Machine, Role } from '../inventory/types.js';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { encodeSecrets } from '../secrets/encoding.js';
import type { Secrets } from '../secrets/types.js';
import { addressOctets } from '../secrets/x509/names.js';
import { DAY } from '../support/clock.js';
import { issueCertificates } from './issue.js';
import { issuedCertificate } from './issued.js';
import { requiredCertificates } from './required.js';
import { mintFor, NOW } from './testing/issued.js';
import type { CertificateSpec } from './types.js';

// Another implementation reads back what ours wrote, for inventories nobody thought of.

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const domain = fc.tuple(label, label).map((labels) => labels.join('.'));
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const machine: fc.Arbitrary<Machine> = fc
  .record({
    name: fc.oneof(label, domain),
    ip: fc.option(address, { nil: undefined }),
    publicAddress: fc.option(fc.oneof(address, domain), { nil: undefined }),
    role: fc.constantFrom<Role>('controller', 'worker', 'edge'),
  })
  .map(({ name, role, ...rest }) => testMachine(name, '', role, rest));
const cluster: fc.Arbitrary<Cluster> = fc
  .record({
    name: label,
    endpoint: fc.record({ host: fc.oneof(address, domain), port: fc.integer({ min: 1, max: 65_535 }) }),
    clusterDomain: domain,
    nodeNames: fc.constantFrom('machine' as const, 'ip' as const),
    domains: fc.uniqueArray(domain, { maxLength: 3 }).map((names) => names.map((name) => ({ name, edges: [] }))),
    machines: fc.uniqueArray(machine, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    leafLifetimeDays: fc.integer({ min: 1, max: 12_000 }),
  })
  .map(({ leafLifetimeDays, ...over }) =>
    testCluster({ ...over, certificates: { ...testCluster().certificates, leafLifetimeDays, renewBeforeDays: 0 } }),
  );

type Kind<T extends Extension> = new (raw: ArrayBuffer) => T;
const find = <T extends Extension>({ extensions }: { extensions: Extension[] }, kind: Kind<T>): T | undefined =>
  extensions.find((each): each is T => each instanceof kind);
const extension = <T extends Extension>(from: { extensions: Extension[] }, kind: Kind<T>): T => {
  const found = find(from, kind);
  if (!found) throw new Error(`no ${kind.name}`);
  return found;
};

const bytesOf = (text: string) => addressOctets(text).toString('hex');
const USAGES = { serverAuth: ExtendedKeyUsage.serverAuth, clientAuth: ExtendedKeyUsage.clientAuth };

function expectIdentity(parsed: X509Certificate | Pkcs10CertificateRequest, spec: CertificateSpec): void {
  expect(parsed.subjectName.getField('CN')).toEqual([spec.subject.commonName]);
  expect(parsed.subjectName.getField('O')).toEqual(spec.subject.organization ? [spec.subject.organization] : []);
  expect(extension(parsed, ExtendedKeyUsageExtension).usages).toEqual(spec.usages.map((usage) => USAGES[usage]));
  const keyUsages = extension(parsed, KeyUsagesExtension);
  expect([keyUsages.usages, keyUsages.critical]).toEqual([KeyUsageFlags.digitalSignature, true]);
  const constraints = extension(parsed, BasicConstraintsExtension);
  expect([constraints.ca, constraints.critical]).toEqual([false, true]);
  const names = find(parsed, SubjectAlternativeNameExtension)?.names.items ?? [];
  expect(names.filter(({ type }) => type === 'dns').map(({ value }) => value)).toEqual(spec.dnsNames);
  expect(names.filter(({ type }) => type === 'ip').map(({ value }) => bytesOf(value))).toEqual(
    spec.ipAddresses.map(bytesOf),
  );
}

async function expectIssued(spec: CertificateSpec, secrets: Secrets): Promise<void> {
  const issued = issuedCertificate(secrets, spec.id);
  const certificate = new X509Certificate(issued.certificate);
  const request = new Pkcs10CertificateRequest(issued.request);
  const authority = new X509Certificate(secrets.authorities[spec.authority].issuing.certificate);
  expectIdentity(certificate, spec);
  expectIdentity(request, spec);
  expect(await certificate.verify({ publicKey: authority, signatureOnly: true })).toBe(true);
  expect(await request.verify()).toBe(true);
  expect(certificate.publicKey.equal(request.publicKey)).toBe(true);
  expect(certificate.issuer).toBe(authority.subject);
  expect(extension(certificate, AuthorityKeyIdentifierExtension).keyId).toBe(
    extension(authority, SubjectKeyIdentifierExtension).keyId,
  );
  expect(extension(certificate, SubjectKeyIdentifierExtension).keyId).toHaveLength(40);
  expect(certificate.serialNumber).toMatch(/^[4-7][0-9a-f]{31}$/);
  const end = Math.min(Math.floor((NOW + spec.lifetimeDays * DAY) / 1000) * 1000, authority.notAfter.getTime());
  expect(certificate.notAfter.getTime()).toBe(end);
  expect(issued.notAfter).toBe(end);
}

it('issues what the plan says, for any inventory', async () => {
  await fc.assert(
    fc.asyncProperty(cluster, async (inventory) => {
      const plan = planCluster(inventory);
      const { secrets } = issueCertificates(plan, mintFor(inventory), NOW);
      const specs = requiredCertificates(plan);
      expect(Object.keys(secrets.issued).sort()).toEqual(specs.map(({ id }) => id).sort());
      for (const spec of specs) await expectIssued(spec, secrets);
    }),
    { numRuns: 15 },
  );
}, 120_000);

it('settles at once, and does not touch what an edit of the inventory leaves alone', () => {
  fc.assert(
    fc.property(cluster, cluster, (before, other) => {
      const kept = before.machines.slice(1);
      const come = other.machines.filter(({ name }) => kept.every((each) => each.name !== name));
      const after = { ...before, endpoint: other.endpoint, domains: other.domains, machines: [...kept, ...come] };
      const { secrets: first } = issueCertificates(planCluster(before), mintFor(before), NOW);
      const second = issueCertificates(planCluster(after), first, NOW);
      expect(issueCertificates(planCluster(after), second.secrets, NOW).secrets).toBe(second.secrets);
      const changed = new Set(second.changes.map(({ id }) => id));
      for (const [id, issued] of Object.entries(second.secrets.issued)) {
        expect(issued === first.issued[id], id).toBe(!changed.has(id));
      }
      expect(encodeSecrets(second.secrets).length).toBeGreaterThan(0);
    }),
    { numRuns: 15 },
  );
}, 120_000);
