import { describe, expect, it } from 'vitest';
import { encodeYamlDocuments, type YamlValue } from '../../formats/yaml.js';
import type { Cluster } from '../../inventory/types.js';
import { domainCertificate } from '../../pki/paths.js';
import { planCluster, rootFile } from '../../plan/index.js';
import { testCluster } from '../../plan/testing/cluster.js';
import { certManagerRelease } from '../../releases/cert-manager.js';
import { componentImages } from '../../releases/images.js';
import { addonFiles, ingressFiles, nodeImages } from '../index.js';
import type { RoleRule } from '../objects.js';
import { traefik } from '../traefik/index.js';
import type { KubernetesObject } from '../types.js';
import { certManager } from './index.js';
import { ACME_CLUSTER } from './testing/cluster.js';

const images = componentImages('1.36.4', '3.6.14');
/** The certificate of the cluster's own authority on the edge. */
const PAIR = ['', '-key'].map((end) => rootFile(`${domainCertificate('example.com')}${end}.pem`, 'PEM'));
const plan = (over: Partial<Cluster> = {}) => planCluster(testCluster({ ...ACME_CLUSTER, ...over }));
const objects = (over: Partial<Cluster> = {}) => certManager.objects({ plan: plan(over), images });
const isDefinition = ({ kind }: KubernetesObject) => kind === 'CustomResourceDefinition';
const named = (kind: string, over: Partial<Cluster> = {}) => objects(over).filter((object) => object.kind === kind);

describe('the cert-manager addon', () => {
  it('renders what was reviewed, beside the definitions of its kinds', async () => {
    const documents = objects().filter((object) => !isDefinition(object)) as unknown as YamlValue[];
    await expect(encodeYamlDocuments(documents)).toMatchFileSnapshot('golden/cert-manager.yaml');
  });

  it('is there for domains that have their certificates from an ACME server', () => {
    expect(certManager.enabled(plan())).toBe(true);
    expect(certManager.enabled(planCluster(testCluster()))).toBe(false);
    expect(certManager.enabled(plan({ domains: testCluster().domains }))).toBe(false);
    const ingress = { ...testCluster().ingress, controller: 'none' } as const;
    expect(certManager.enabled(plan({ ingress }))).toBe(false);
  });

  it('brings the definitions before what is of their kinds, and the namespace before all', () => {
    const kinds = objects().map(({ kind }) => kind);
    expect(kinds[0]).toBe('Namespace');
    expect(kinds.lastIndexOf('CustomResourceDefinition')).toBe(certManagerRelease().definitions.length);
    expect(kinds.slice(-2)).toEqual(['ClusterIssuer', 'Certificate']);
  });

  it('is of one version: images and definitions', () => {
    const tags = certManager.images.map((component) => images[component].split(':')[1]);
    expect(new Set([...tags, certManagerRelease().version]).size).toBe(1);
  });

  it('keeps its objects out of the system’s namespace, but for what the edges’ own Ingress serves', () => {
    const namespaces = new Set(objects().map(({ metadata }) => metadata.namespace));
    expect(namespaces).toEqual(new Set([undefined, 'cert-manager', 'kube-system']));
    const beside = objects().filter(({ metadata }) => metadata.namespace === 'kube-system');
    expect(beside.map(({ kind }) => kind)).toEqual(['Certificate']);
  });

  it('takes a twentieth of a megabyte a kind at most on a controller’s drive', () => {
    const [file] = addonFiles(plan(), images).filter(({ path }) => path.endsWith('cert-manager.yaml'));
    expect(file?.content.length).toBeLessThan(140_000);
    expect(Buffer.from(file?.content ?? '').toString()).not.toContain('description');
  });

  it('has its images on workers', () => {
    const cluster = plan();
    const worker = cluster.nodes.find(({ machine }) => machine.role === 'worker');
    if (worker === undefined) throw new Error('the fixture changed');
    expect(nodeImages(cluster, worker, images)).toContain(images['cert-manager-acmesolver']);
  });
});

describe('the issuer', () => {
  const acme = (over: Partial<Cluster> = {}) => {
    const [issuer] = named('ClusterIssuer', over);
    return (issuer?.['spec'] as { acme: object } | undefined)?.acme;
  };

  it('proves hosts of its domains alone, wildcards by DNS', () => {
    const domains = [...ACME_CLUSTER.domains, { name: 'example.org', edges: ['example.com'] }];
    const selector = { dnsZones: ['example.com'] };
    const http01 = { ingress: { ingressClassName: 'traefik', serviceType: 'ClusterIP' } };
    expect(acme({ domains })).toMatchObject({
      solvers: [
        { selector, http01 },
        { selector, dns01: ACME_CLUSTER.acme.dns01 },
      ],
    });
    const { dns01: _, ...without } = ACME_CLUSTER.acme;
    expect(acme({ acme: without })).toMatchObject({ solvers: [{ http01 }] });
  });

  it('trusts an authority of one’s own', () => {
    expect(acme()).not.toHaveProperty('caBundle');
    expect(acme({ acme: { ...ACME_CLUSTER.acme, ca: 'PEM\n' } })).toHaveProperty('caBundle', 'UEVNCg==');
  });
});

describe('what may be done', () => {
  const rules = (kind: string, name: string) =>
    (named(kind).find(({ metadata }) => metadata.name === name)?.['rules'] ?? []) as readonly RoleRule[];

  it('reaches Secrets of all namespaces for the controller alone', () => {
    const readers = named('ClusterRole')
      .filter((role) => (role['rules'] as readonly RoleRule[]).some(({ resources }) => resources?.includes('secrets')))
      .map(({ metadata }) => metadata.name);
    expect(readers).toEqual(['ironkeel:cert-manager']);
  });

  it('has no wildcard', () => {
    const all = [...named('ClusterRole'), ...named('Role')].flatMap((role) => role['rules'] as readonly RoleRule[]);
    expect(
      all.flatMap(({ apiGroups = [], resources = [], verbs }) => [...apiGroups, ...resources, ...verbs]),
    ).not.toContain('*');
  });

  it('lets nobody make challenges or change orders by hand', () => {
    const edit = rules('ClusterRole', 'ironkeel:cert-manager-edit');
    const verbs = (resource: string) =>
      edit.filter(({ resources }) => resources?.includes(resource)).flatMap((rule) => rule.verbs);
    expect(verbs('challenges')).not.toContain('create');
    expect(verbs('orders')).toEqual(['delete', 'deletecollection']);
  });
});

describe('wildcards', () => {
  it('are certificates of their own, for the domain and every name below it', () => {
    expect(named('Certificate')[0]).toMatchObject({
      metadata: { name: 'acme-example.com' },
      spec: { secretName: 'acme-example.com', dnsNames: ['example.com', '*.example.com'] },
    });
    const other = { domains: [{ name: 'a.org', edges: ['example.com'], acme: { wildcard: false } }] };
    expect(named('Certificate', other)).toEqual([]);
  });

  it('are served by the edges’ own Ingress, and not beside those of the cluster’s authority', () => {
    const file = (over: Partial<Cluster> = {}, cluster = plan(over)) => {
      const edge = cluster.nodes.find(({ machine }) => machine.role === 'edge');
      if (edge === undefined) throw new Error('the fixture changed');
      return Buffer.from(ingressFiles(cluster, edge, PAIR)[0]?.content ?? '').toString();
    };
    const ingress = (over: Partial<Cluster> = {}) =>
      traefik.objects({ plan: plan(over), images }).find(({ kind }) => kind === 'Ingress')?.['spec'];
    const tls = [{ hosts: ['example.com', '*.example.com'], secretName: 'acme-example.com' }];
    expect(ingress()).toMatchObject({ tls });
    expect(file()).not.toContain('  certificates:');
    expect(file()).toContain('defaultCertificate');
    const hosts = { domains: [{ name: 'example.com', edges: ['example.com'], acme: { wildcard: false } }] };
    expect(ingress(hosts)).not.toHaveProperty('tls');
    expect(file(hosts)).toContain('  certificates:');
  });
});

describe('the webhook', () => {
  it('is asked about what people write, never about what the machines bring with it', () => {
    const [validating] = named('ValidatingWebhookConfiguration');
    const expression = 'request.userInfo.username != "ironkeel:bootstrap"';
    expect(validating?.['webhooks']).toMatchObject([{ failurePolicy: 'Fail', matchConditions: [{ expression }] }]);
  });
});

it('tells the controller of the proxy', () => {
  const proxy = { https: 'http://proxy.lan:3128', noProxy: [] };
  expect(JSON.stringify(named('Deployment', { proxy }))).toContain(
    '"name":"HTTPS_PROXY","value":"http://proxy.lan:3128"',
  );
  expect(JSON.stringify(named('Deployment'))).not.toContain('PROXY');
});
