import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster } from '../../inventory/types.js';
import { COMPONENT_USERS } from '../../manifests/users.js';
import { machinePkiFiles } from '../../pki/index.js';
import { issuedCluster } from '../../pki/testing/issued.js';
import { planCluster } from '../../plan/index.js';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import { componentImages } from '../../releases/images.js';
import type { Secrets } from '../../secrets/types.js';
import { addonFiles, ingressFiles, nodeImages } from '../index.js';

const images = componentImages('1.36.4', '3.6.14');
const settings = (over: Partial<Cluster['ingress']>) => ({ ingress: { ...CLUSTER_SETTINGS.ingress, ...over } });
const addonsOf = (over: Partial<Cluster> = {}) =>
  addonFiles(planCluster(testCluster(over)), images)
    .filter(({ path }) => /traefik|default-http-backend/.test(path))
    .map(({ content }) => Buffer.from(content).toString());

/** The file of one machine, or undefined where there is none. */
function fileOf(machine: string, over: Partial<Cluster> = {}) {
  const { plan, secrets } = issuedCluster(over);
  const node = plan.nodes.find((each) => each.machine.name === machine);
  if (node === undefined) throw new Error(`no machine ${machine}`);
  const [file] = ingressFiles(plan, node, machinePkiFiles(plan, node, secrets));
  if (file === undefined) return undefined;
  const { tls } = parse(Buffer.from(file.content).toString()) as { tls: unknown };
  return { file, tls, pairOf: (name: string) => pairOf(secrets, name) };
}

/** As Traefik is given it: PEM texts in place of paths. */
function pairOf(secrets: Secrets, name: string) {
  const { certificate, key } = secrets.issued[`cluster/domain/${name}`] ?? {};
  return { certFile: certificate, keyFile: key };
}

describe('the ingress', () => {
  it('is where there are edges, unless it is turned off', () => {
    expect(addonsOf()).toHaveLength(2);
    expect(addonsOf(settings({ controller: 'none' }))).toEqual([]);
    expect(addonsOf({ machines: [testMachine('c', '10.10.10.1', 'controller')] })).toEqual([]);
  });

  it('brings its image to edges alone', () => {
    const plan = planCluster(testCluster());
    const having = plan.nodes.filter((node) => nodeImages(plan, node, images).includes(images.traefik));
    expect(having.map(({ nodeName }) => nodeName)).toEqual(['example.com']);
  });

  it('believes nobody about who the client is but the proxies that are named', () => {
    const flags = (text: string | undefined) => text?.match(/--entrypoints\.\w+\.(?:forwarded|proxy)[^"\n]*/g);
    expect(flags(addonsOf()[1])).toBeNull();
    expect(flags(addonsOf(settings({ trustedProxies: ['10.0.0.0/8', '192.0.2.7/32'] }))[1])).toEqual([
      '--entrypoints.web.forwardedheaders.trustedips=10.0.0.0/8,192.0.2.7/32',
      '--entrypoints.web.proxyprotocol.trustedips=10.0.0.0/8,192.0.2.7/32',
      '--entrypoints.websecure.forwardedheaders.trustedips=10.0.0.0/8,192.0.2.7/32',
      '--entrypoints.websecure.proxyprotocol.trustedips=10.0.0.0/8,192.0.2.7/32',
    ]);
  });

  it('sends requests by HTTP to HTTPS where that is wanted', () => {
    expect(addonsOf()[1]).not.toContain('redirections');
    expect(addonsOf(settings({ redirectToHttps: true }))[1]).toContain(
      '--entrypoints.web.http.redirections.entrypoint.to=websecure',
    );
  });

  it('runs a default backend of the user’s own as its image has it', () => {
    const [backend = ''] = addonsOf(settings({ defaultBackend: { image: 'lan/lost:1', port: 80 } }));
    expect(backend).toContain('image: lan/lost:1\n');
    expect(backend).toContain('containerPort: 80\n');
    expect(backend).not.toMatch(/haproxy|runAsUser/);
  });
});

describe('the file with an edge’s certificates', () => {
  const domains = [
    { name: 'elsewhere.org', edges: [] },
    { name: 'example.com', edges: ['example.com'] },
    { name: 'example.net', edges: ['example.com'] },
  ];

  it('has those of the domains that it serves, the first for hosts that nobody knows', () => {
    const { tls, pairOf } = fileOf('example.com', { domains }) ?? {};
    expect(pairOf?.('example.com')).toMatchObject({ keyFile: expect.stringContaining('PRIVATE KEY') });
    expect(tls).toEqual({
      certificates: [pairOf?.('example.com'), pairOf?.('example.net')],
      stores: { default: { defaultCertificate: pairOf?.('example.com') } },
      options: { default: { minVersion: 'VersionTLS12' } },
    });
  });

  it('is for nobody but the ingress', () => {
    const { path, mode, uid, gid } = fileOf('example.com')?.file ?? {};
    const { ingress } = COMPONENT_USERS;
    expect({ path, mode, uid, gid }).toEqual({
      path: '/etc/kubernetes/ingress/traefik.yaml',
      mode: 0o600,
      uid: ingress,
      gid: ingress,
    });
  });

  it('is there without a domain too, and on edges with an ingress alone', () => {
    expect(fileOf('example.com', { domains: [] })?.tls).toEqual({
      options: { default: { minVersion: 'VersionTLS12' } },
    });
    expect(fileOf('worker1')).toBeUndefined();
    expect(fileOf('example.com', settings({ controller: 'none' }))).toBeUndefined();
  });
});
