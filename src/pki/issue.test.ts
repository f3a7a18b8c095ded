import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../inventory/types.js';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { decodeSecrets, encodeSecrets } from '../secrets/encoding.js';
import type { Secrets } from '../secrets/types.js';
import { DAY } from '../support/clock.js';
import { plannedChanges } from './decide.js';
import { issueCertificates } from './issue.js';
import { listCertificates } from './list.js';
import { issuedCluster, mintFor, NOW } from './testing/issued.js';

const { plan, secrets } = issuedCluster();
const guide = testCluster();

/** Issues for a changed inventory, and checks that the preview foretold it. */
function reissue(over: Partial<Cluster>, from: Secrets = secrets, now = NOW) {
  const changedPlan = planCluster(testCluster(over));
  const preview = plannedChanges(changedPlan, from, now);
  const { secrets: after, ...done } = issueCertificates(changedPlan, from, now);
  expect(done).toEqual(preview);
  return { ...done, after, ids: done.changes.map(({ id }) => id) };
}

/** Ids of the certificates that are not the same octets any more. */
function touched(after: Secrets, before: Secrets = secrets): string[] {
  return Object.keys(after.issued).filter((id) => after.issued[id] !== before.issued[id]);
}

const withCertificates = (settings: Partial<Cluster['certificates']>) => ({
  certificates: { ...guide.certificates, ...settings },
});

describe('the first issue', () => {
  it('makes everything new and says for whom', () => {
    const minted = mintFor(plan.cluster);
    const issued = issueCertificates(plan, minted, NOW);
    expect(issued.changes).toHaveLength(21);
    expect(issued.changes.every(({ reason }) => reason === 'new')).toBe(true);
    expect(issued.changes[0]?.detail).toBe('guide-admin');
    expect(issued.sshHostKeys.minted).toEqual(['controller', 'worker1', 'worker2', 'example.com']);
    expect(minted.issued).toEqual({});
  });

  it('tells how far it is', () => {
    const steps: [number, number][] = [];
    issueCertificates(plan, mintFor(plan.cluster), NOW, (done, total) => steps.push([done, total]));
    expect(steps[0]).toEqual([1, 21]);
    expect(steps.at(-1)).toEqual([21, 21]);
  });

  it('gives every certificate its own key and serial number', () => {
    const issued = Object.values(secrets.issued);
    expect(new Set(issued.map(({ key }) => key)).size).toBe(21);
    expect(new Set(issued.map(({ certificate }) => new X509Certificate(certificate).serialNumber)).size).toBe(21);
  });

  it('is valid from a day before, for the lifetime that was asked for', () => {
    const { certificate, notAfter } = secrets.issued['cluster/admin'] ?? { certificate: '', notAfter: 0 };
    const { validFrom, validTo } = new X509Certificate(certificate);
    const wholeSecond = Math.floor(NOW / 1000) * 1000;
    expect(Date.parse(validFrom)).toBe(wholeSecond - DAY);
    expect(Date.parse(validTo)).toBe(wholeSecond + 365 * DAY);
    expect(notAfter).toBe(Date.parse(validTo));
  });

  it('is listed with the authorities', () => {
    const list = listCertificates(plan, secrets);
    expect(list).toHaveLength(4 + 21);
    expect(list[0]).toMatchObject({ id: 'authority/kubernetes', authority: 'self', commonName: 'guide-kubernetes-ca' });
    expect(list.at(-1)).toMatchObject({ id: 'example.com/kubelet-server', names: ['example.com', '123.234.234.123'] });
  });
});

describe('reuse', () => {
  it('gives back the same object, also after a round through the file', () => {
    expect(issueCertificates(plan, secrets, NOW).secrets).toBe(secrets);
    const read = decodeSecrets(encodeSecrets(secrets), 'secrets.json');
    expect(issueCertificates(plan, read, NOW + 30 * DAY).secrets).toBe(read);
  });

  it('does not mind the order of machines, labels, versions and the like', () => {
    const machines = [...guide.machines].reverse().map((machine) => ({ ...machine, labels: { a: 'b' } }));
    expect(reissue({ machines, kubernetes: { version: '1.37.1' } }).after).toBe(secrets);
  });

  it('does not mind a machine becoming an edge', () => {
    const machines = guide.machines.map((each) =>
      each.name === 'worker1' ? { ...each, role: 'edge' as const } : each,
    );
    expect(reissue({ machines }).after).toBe(secrets);
  });
});

describe('a changed inventory', () => {
  it('reissues just the API server when the endpoint changes, and says which name came', () => {
    const { changes, after } = reissue({ endpoint: { host: 'k8s.example.com', port: 6443 } });
    expect(changes).toEqual([{ id: 'controller/apiserver', reason: 'changed', detail: '+ DNS k8s.example.com' }]);
    expect(touched(after)).toEqual(['controller/apiserver']);
    expect(after.authorities).toBe(secrets.authorities);
    expect(after.sshHostKeys).toEqual(secrets.sshHostKeys);
  });

  it('says which name came and which went when a worker moves', () => {
    const machines = guide.machines.map((each) => (each.name === 'worker1' ? { ...each, ip: '10.10.10.9' } : each));
    const { changes } = reissue({ machines });
    expect(changes).toEqual([
      { id: 'worker1/kubelet-server', reason: 'changed', detail: '+ IP 10.10.10.9, - IP 10.10.10.2' },
    ]);
  });

  it('issues for a new machine alone', () => {
    const machines = [...guide.machines, testMachine('worker3', '10.10.10.4')];
    const { after, sshHostKeys } = reissue({ machines });
    expect(touched(after)).toEqual(['worker3/kubelet-client', 'worker3/kubelet-server']);
    expect(sshHostKeys).toEqual({ minted: ['worker3'], dropped: [] });
  });

  it('drops what a removed machine had', () => {
    const machines = guide.machines.filter(({ name }) => name !== 'worker2');
    const { after, changes, dropped, sshHostKeys } = reissue({ machines });
    expect([changes, dropped]).toEqual([[], ['worker2/kubelet-client', 'worker2/kubelet-server']]);
    expect(sshHostKeys).toEqual({ minted: [], dropped: ['worker2'] });
    expect(Object.keys(after.issued).some((id) => id.startsWith('worker2/'))).toBe(false);
    expect(Object.keys(after.sshHostKeys)).not.toContain('worker2');
  });

  it('names the new subject when node names change', () => {
    const { changes } = reissue({ nodeNames: 'ip' });
    const change = changes.find(({ id }) => id === 'worker1/kubelet-client');
    expect(change?.detail).toBe('subject system:node:10.10.10.2');
  });

  it('reissues every leaf for another key type and keeps the authorities', () => {
    // One worker alone: RSA keys are slow to make.
    const machines = [testMachine('worker1', '10.10.10.2')];
    const small = issuedCluster({ machines }).secrets;
    const { changes, after } = reissue({ machines, ...withCertificates({ keyType: 'rsa-2048' }) }, small);
    expect(changes).toHaveLength(5);
    expect(changes[0]).toEqual({ id: 'cluster/admin', reason: 'changed', detail: 'key type ec-p256 to rsa-2048' });
    expect(after.authorities).toBe(small.authorities);
    const { publicKey } = new X509Certificate(after.issued['cluster/admin']?.certificate ?? '');
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it('reissues for another lifetime', () => {
    const { changes } = reissue(withCertificates({ leafLifetimeDays: 180 }));
    expect(changes).toHaveLength(21);
    expect(changes[0]?.detail).toBe('lifetime 365 to 180 days');
  });

  it('reissues what another authority issued', () => {
    const etcd = mintFor(guide).authorities.etcd;
    const { changes } = reissue({}, { ...secrets, authorities: { ...secrets.authorities, etcd } });
    expect(changes.map(({ id, reason, detail }) => [id, reason, detail])).toEqual(
      ['etcd-server', 'etcd-peer', 'etcd-healthcheck-client', 'apiserver-etcd-client'].map((purpose) => [
        `controller/${purpose}`,
        'issuer',
        'issued by another etcd authority',
      ]),
    );
  });
});

describe('changed domains', () => {
  const { changes, after } = reissue({
    domains: [...guide.domains, { name: 'example.org', edges: ['example.com'] }],
  });

  it('replace their authority and keep accepting the one before', () => {
    expect(changes).toEqual([
      { id: 'authority/domains', reason: 'changed', detail: 'constrained to example.com, example.org' },
      {
        id: 'cluster/domain/example.com',
        reason: 'issuer',
        detail: 'issued by a new authority, as its permitted domains changed',
      },
      { id: 'cluster/domain/example.org', reason: 'new', detail: 'example.org' },
    ]);
    const { domains } = after.authorities;
    expect(domains.accepted).toEqual([domains.issuing.certificate, secrets.authorities.domains.issuing.certificate]);
  });

  it('touch nothing else', () => {
    expect(touched(after)).toEqual(['cluster/domain/example.com', 'cluster/domain/example.org']);
    expect(after.authorities.kubernetes).toBe(secrets.authorities.kubernetes);
  });

  it('settle', () => {
    const domains = [...guide.domains, { name: 'example.org', edges: ['example.com'] }];
    expect(reissue({ domains }, after).after).toBe(after);
    expect(reissue({ domains: [...domains].reverse() }, after).after).toBe(after);
  });

  it('may be none', () => {
    const none = reissue({ domains: [] });
    expect(none.changes).toEqual([{ id: 'authority/domains', reason: 'changed', detail: 'constrained to no domain' }]);
    expect(none.dropped).toEqual(['cluster/domain/example.com']);
    expect(reissue({ domains: [] }, none.after).after).toBe(none.after);
  });
});

describe('the end of a life', () => {
  it('is renewed 90 days ahead, not a day earlier', () => {
    expect(reissue({}, secrets, NOW + 274 * DAY).changes).toEqual([]);
    const { changes } = reissue({}, secrets, NOW + 276 * DAY);
    expect(changes).toHaveLength(21);
    expect(changes[0]).toEqual({ id: 'cluster/admin', reason: 'expiring', detail: 'valid until 2027-11-15' });
  });

  it('renews only what was issued earlier', () => {
    const machines = [...guide.machines, testMachine('worker3', '10.10.10.4')];
    const later = reissue({ machines }, secrets, NOW + 200 * DAY).after;
    const { ids } = reissue({ machines }, later, NOW + 276 * DAY);
    expect(ids).toHaveLength(21);
    expect(ids).not.toContain('worker3/kubelet-client');
  });

  it('does not renew within the day what lives shorter than the notice', () => {
    const brief = withCertificates({ leafLifetimeDays: 30, caLifetimeDays: 60 });
    const { secrets: start } = issuedCluster(brief);
    expect(reissue(brief, start).after).toBe(start);
  });

  describe('of an authority', () => {
    const short = withCertificates({ caLifetimeDays: 400 });
    const start = issuedCluster(short).secrets;
    const late = reissue(short, start, NOW + 300 * DAY);

    it('bounds the lives of its certificates', () => {
      const { validTo } = new X509Certificate(late.after.authorities.kubernetes.issuing.certificate);
      expect(late.after.issued['cluster/admin']?.notAfter).toBe(Date.parse(validTo));
    });

    it('is no reason to issue again and again what cannot live longer', () => {
      const again = reissue(short, late.after, NOW + 320 * DAY);
      expect(again.ids).toEqual(['authority/domains', 'cluster/domain/example.com']);
      expect(reissue(short, again.after, NOW + 320 * DAY).after).toBe(again.after);
    });

    it('stops new certificates with what to do', () => {
      const moved = { ...short, endpoint: { host: 'k8s.example.com', port: 6443 } };
      expect(() => reissue(moved, start, NOW + 401 * DAY)).toThrow('the kubernetes authority has expired');
    });
  });
});
