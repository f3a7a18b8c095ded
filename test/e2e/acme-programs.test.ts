import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { CertManager } from '../conformance/support/cert-manager.js';
import { Edge, POD } from '../conformance/support/edge.js';
import { LocalApi } from '../conformance/support/local-api.js';

const HOST = 'shop.example.com';
const LIFE_MINUTES = 60;
const RENEW_MINUTES_BEFORE = 59;
const PARTS = ['cert-manager', 'cert-manager-webhook', 'cert-manager-cainjector'] as const;

// The programs by themselves, without machines: a real API server, Traefik as an edge runs it, cert-manager with the
// configuration and the rights of its addon, and Pebble, which asks Traefik for the proof. The first certificate is
// issued, served and followed by the next.
let folder: string;
let edge: Edge;
let certManager: CertManager;
let first: X509Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-acme-'));
  makeServerCertificate();
  const { plan, secrets } = issuedCluster(
    {
      domains: [{ name: 'example.com', edges: ['example.com'], acme: { wildcard: false } }],
      acme: {
        email: 'admin@home.org',
        server: 'https://127.0.0.1:14000/dir',
        ca: readFileSync(join(folder, 'pebble.pem'), 'utf8'),
      },
    },
    Date.now(),
  );
  edge = new Edge(folder, plan, secrets);
  certManager = new CertManager(edge, plan, folder);
  await edge.start();
  writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost\n${POD} ${HOST}\n`);
  await startPebble();
  await certManager.start(readFileSync(join(folder, 'hosts'), 'utf8'));
  await edge.echo('shop', 9001);
}, 2_400_000);

afterAll(() => {
  certManager?.stop();
  edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('certificates by ACME', () => {
  it('begin with an account', async () => {
    const ready = ['clusterissuer', 'acme', '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
    await patiently('the issuer', async () => (await edge.kubectl('get', ...ready)) === 'True');
  });

  it('are issued for a host whose Ingress asks, and served', async () => {
    expect((await served()).issuer).not.toContain('Pebble');
    await edge.give(ingress());
    await patiently('the certificate', async () => (await served()).issuer.includes('Pebble'));
    first = await served();
    expect(first.subjectAltName).toBe(`DNS:${HOST}`);
    expect(await verified()).toBe(200);
  });

  it('leave nothing of the challenge', async () => {
    const left = ['get', 'ingresses,pods,services', '-A', '-o=name', '-l', 'acme.cert-manager.io/http01-solver=true'];
    await edge.until(
      'the end',
      async () => (await edge.kubectl(...left)).replace(/No resources.*\n/, '').trim() === '',
    );
  });

  it('are followed by the next before they end', async () => {
    const due = new Date(first.validTo).getTime() - RENEW_MINUTES_BEFORE * 60_000 - Date.now();
    await sleep(Math.max(0, due));
    await patiently('the next', async () => (await served()).serialNumber !== first.serialNumber);
    const next = await served();
    expect(next.issuer).toContain('Pebble');
    expect(new Date(next.validTo).getTime()).toBeGreaterThan(new Date(first.validTo).getTime());
    expect(await verified()).toBe(200);
  });

  it('are checked by the webhook, whose authority cainjector has placed', async () => {
    const bad = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'bad', namespace: 'default' },
    };
    const spec = { secretName: 'bad', issuerRef: { kind: 'ClusterIssuer', name: 'acme' } };
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...bad, spec }));
    // As somebody who is not the machines' own program.
    const refused = edge.kubectl('apply', '-f', join(folder, 'bad.json'), '--as=me', '--as-group=system:masters');
    await expect(refused).rejects.toThrow(/webhook\.cert-manager\.io.* denied the request/s);
  });

  it('need no right that the parts do not have', () => {
    for (const name of PARTS)
      expect(certManager.log(name), name).not.toMatch(/forbidden|cannot (get|list|watch|create)/);
  });
});

function makeServerCertificate(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
  const names = ['-subj', '/CN=pebble', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...names, '-out', join(folder, 'pebble.pem')], {
    stdio: 'ignore',
  });
}

/** Its own names come from a file that is bound over the host's. */
async function startPebble(): Promise<void> {
  const pebble = {
    listenAddress: '127.0.0.1:14000',
    managementListenAddress: '127.0.0.1:15000',
    certificate: join(folder, 'pebble.pem'),
    privateKey: join(folder, 'key.pem'),
    httpPort: 80,
    tlsPort: 443,
    keyAlgorithm: 'ecdsa',
    profiles: { default: { description: 'a short life', validityPeriod: LIFE_MINUTES * 60 } },
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }));
  const bind = `mount --bind ${join(folder, 'hosts')} /etc/hosts && exec "$@"`;
  const command = [LocalApi.program('pebble', 'pebble'), '-config', join(folder, 'pebble.json')];
  const unshare = ['--mount', '--propagation', 'private', 'bash', '-c', bind, 'pebble', ...command];
  await edge.api.spawn('unshare', unshare, 'pebble', { PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' });
  await edge.until('Pebble', async () => {
    const { status, body } = await edge.curl('https://127.0.0.1:15000/roots/0', '-k');
    if (status === 200) writeFileSync(join(folder, 'root.pem'), body);
    return status === 200;
  });
}

function ingress(): object {
  const backend = { service: { name: 'shop', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'shop',
      namespace: 'default',
      annotations: {
        'cert-manager.io/cluster-issuer': 'acme',
        'cert-manager.io/renew-before': `${RENEW_MINUTES_BEFORE}m`,
      },
    },
    spec: {
      tls: [{ hosts: [HOST], secretName: 'shop-tls' }],
      rules: [{ host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}

/** As {@link Edge.until}, for what several programs do one after the other. */
async function patiently(what: string, found: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 180; tries++) {
    if (await found()) return;
    await sleep(1000);
  }
  const said = PARTS.map((name) => `${name} says:\n${certManager.log(name).slice(-3000)}`);
  throw new Error(`${what} did not come\n${said.join('\n')}`);
}

/** The certificate that the edge shows. */
async function served(): Promise<X509Certificate> {
  const ask = `openssl s_client -connect ${POD}:443 -servername ${HOST} </dev/null 2>/dev/null`;
  return new X509Certificate((await edge.api.inside('bash', ['-c', ask])).output);
}

/** HTTP's status, for a client that trusts Pebble's authority alone. */
async function verified(): Promise<number> {
  const trust = ['--cacert', join(folder, 'root.pem'), '--resolve', `${HOST}:443:${POD}`];
  return (await edge.curl(`https://${HOST}/`, ...trust)).status;
}
