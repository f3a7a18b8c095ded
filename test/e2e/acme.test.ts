import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster, must } from './support/lab-cluster.js';
import { deployment, service } from './support/objects.js';
import { Pebble } from './support/pebble.js';
import { acmeBundle } from './support/programs.js';
import { until } from './support/until.js';

const EDGE = '123.234.234.123';
const HOST = 'echo.example.com';
/** What ACME servers give out here, and how long before its end cert-manager asks for the next. */
const LIFE_MINUTES = 60;
const RENEW_MINUTES_BEFORE = 58;

function inventory({ url, authority }: Pebble): string {
  return `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: acme
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
addons: {metricsServer: false}
domains: [{name: example.com, tls: acme}]
# The harder way: the question of the challenge is sent on to HTTPS, too.
ingress: {redirectToHttps: true}
acme: {email: admin@example.com, server: "${url}", caFile: ${authority}}
machines:
  - {name: controller, ip: 10.10.10.1, role: controller}
  - {name: worker, ip: 10.10.10.2}
  - {name: edge, ip: ${EDGE}, role: edge}
`;
}

/** An Ingress as people write it for cert-manager. */
function ingress(name: string, host: string, annotations: Readonly<Record<string, string>>): object {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default', annotations },
    spec: {
      tls: [{ hosts: [host], secretName: `${name}-tls` }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

// One story, in order: each test starts from what the one before it left.
describe('a domain with certificates by ACME', () => {
  let cluster: LabCluster;
  let pebble: Pebble;
  let first: X509Certificate;
  beforeAll(() => {
    cluster = new LabCluster(acmeBundle());
    pebble = new Pebble(cluster, LIFE_MINUTES * 60);
    cluster.inventory(inventory(pebble));
  });
  afterAll(() => cluster?.leave());

  it('comes up, the issuer with an account', async () => {
    cluster.buildAndPowerOn();
    await pebble.start();
    writeFileSync(rootFile(), pebble.root());
    cluster.waitReady();
    cluster.kubectl('wait', '--for=condition=Ready', 'clusterissuer/acme', '--timeout=10s');
    expect(pebble.log()).toContain('There are now 1 accounts in memory');
  });

  it('is served under its own authority’s certificate until it has asked', () => {
    expect(served().issuer).not.toContain('Pebble');
    expect(verified('/').status).not.toBe(0);
  });

  it('gets a certificate for a host whose Ingress asks for one', async () => {
    const asks = {
      'cert-manager.io/cluster-issuer': 'acme',
      'cert-manager.io/renew-before': `${RENEW_MINUTES_BEFORE}m`,
    };
    cluster.apply(deployment('echo', { node: 'worker' }), service('echo'), ingress('echo', HOST, asks));
    await until(180, 'the certificate on the edge', () => (servedByPebble() ? true : undefined));
    first = served();
    expect(first.subjectAltName).toBe(`DNS:${HOST}`);
    expect(must(verified('/')).trim()).toBe('echo');
    // The proof came from outside, over the address that the world uses.
    expect(pebble.log()).toContain(`Attempting to validate w/ HTTP: http://${HOST}:80/.well-known/acme-challenge/`);
  });

  it('keeps nothing of the challenge', async () => {
    const kinds = 'ingresses,pods,services';
    const solvers = () =>
      cluster.kubectl('get', kinds, '-A', '-o=name', '-l', 'acme.cert-manager.io/http01-solver=true');
    await until(60, 'the end of the challenge', () => (solvers().trim() === '' ? true : undefined));
    expect(must(curl('--location', '--cacert', rootFile(), `http://${HOST}/`)).trim()).toBe('echo');
  });

  it('serves the next certificate before the first one ends', async () => {
    const due = new Date(first.validTo).getTime() - RENEW_MINUTES_BEFORE * 60_000 - Date.now();
    const next = await until(due / 1000 + 180, 'the renewal', () => {
      const now = served();
      return now.serialNumber === first.serialNumber ? undefined : now;
    });
    expect(next.issuer).toContain('Pebble');
    expect(new Date(next.validTo).getTime()).toBeGreaterThan(new Date(first.validTo).getTime());
    expect(Date.now()).toBeLessThan(new Date(first.validTo).getTime());
    expect(must(verified('/')).trim()).toBe('echo');
  });

  it('understands the older annotation too', async () => {
    cluster.apply(ingress('old', 'old.example.com', { 'kubernetes.io/tls-acme': 'true' }), service('old'));
    cluster.kubectl('wait', '--for=condition=Ready', 'certificate/old-tls', '--timeout=180s');
    expect(served('old.example.com').subjectAltName).toBe('DNS:old.example.com');
  });

  it('gets nothing for a domain that is not the cluster’s', async () => {
    cluster.apply(ingress('strange', 'www.example.org', { 'cert-manager.io/cluster-issuer': 'acme' }));
    const events = ['get', 'events', '-o=jsonpath={range .items[*]}{.involvedObject.kind} {.message}{"\\n"}{end}'];
    await until(60, 'the reason', () => {
      return /^Order .*no configured challenge solvers can be used/m.test(cluster.kubectl(...events))
        ? true
        : undefined;
    });
    expect(cluster.tryKubectl('get', 'secret', 'strange-tls').status).not.toBe(0);
  });

  it('has what people write checked', () => {
    const bad = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'bad', namespace: 'default' },
    };
    const spec = { secretName: 'bad', issuerRef: { kind: 'ClusterIssuer', name: 'acme' } };
    expect(() => cluster.apply({ ...bad, spec })).toThrow(/webhook\.cert-manager\.io.* denied the request/s);
  });

  function rootFile(): string {
    return join(cluster.home, 'root.pem');
  }

  /** As somebody on the Internet. */
  function curl(...args: readonly string[]) {
    return cluster.fromClient('curl', '--silent', '--show-error', '--fail', '--max-time', '10', ...args);
  }

  function verified(path: string) {
    return curl('--cacert', rootFile(), `https://${HOST}${path}`);
  }

  /** The certificate that the edge shows for a host. */
  function served(host = HOST): X509Certificate {
    const server = ['-connect', `${EDGE}:443`, '-servername', host];
    return new X509Certificate(must(cluster.fromClient('openssl', 's_client', ...server)));
  }

  function servedByPebble(): boolean {
    return served().issuer.includes('Pebble');
  }
});
