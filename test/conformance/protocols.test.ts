import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../../src/inventory/settings.js';
import { operatorFiles } from '../../src/pki/index.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { CLIENT, Edge, endpoints, ingressOf, POD, serviceOf } from './support/edge.js';
import { LocalApi } from './support/local-api.js';

// What goes through an edge besides plain requests, by the real Traefik: the docs' page about the edge says all of it.
const PROXY = '198.51.100.8';
const ingressSettings = { ...CLUSTER_SETTINGS.ingress, trustedProxies: [`${PROXY}/32`] };
const domains = [{ name: 'example.com', edges: ['example.com'] }];
const { plan, secrets } = issuedCluster({ domains, ingress: ingressSettings }, Date.now());

let folder: string;
let edge: Edge;
let authority: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-protocols-'));
  const files = operatorFiles(plan, secrets, { plainCaKeys: false });
  authority = join(folder, 'domains-ca.pem');
  writeFileSync(authority, files.find(({ path }) => path.endsWith('domains-ca.pem'))?.content ?? '');
  edge = new Edge(folder, plan, secrets);
  await edge.start();
  await edge.api.inside('ip', ['address', 'add', `${PROXY}/32`, 'dev', 'lo']);
  await edge.echo('echo', 9001);
  await edge.give(ingress('echo'));
  await edge.until('the echo', async () => (await edge.curl(url('echo'), ...resolving('echo'))).status === 200);
}, 2_400_000);

afterAll(() => {
  edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an edge', () => {
  it('speaks HTTP/2 with whoever can', async () => {
    const version = ['-w', '\n%{http_version}', '--cacert', authority, ...resolving('echo')];
    const ask = async (...more: string[]) => (await edge.curl(`https://${host('echo')}/`, ...version, ...more)).status;
    // curl prints the last format alone: here the version in place of the status.
    expect(await ask('--http2')).toBe(2);
    expect(await ask('--http1.1')).toBe(1.1);
  });

  it('passes gRPC on to a Service that says so, streams too', async () => {
    const etcd = ['--data-dir', join(folder, 'another-etcd'), '--log-level=error', '--unsafe-no-fsync'];
    const clients = ['--listen-client-urls=http://10.2.0.9:2479', '--advertise-client-urls=http://10.2.0.9:2479'];
    const peers = ['--listen-peer-urls=http://127.0.0.1:2480', '--initial-advertise-peer-urls=http://127.0.0.1:2480'];
    const cluster = ['--initial-cluster=default=http://127.0.0.1:2480'];
    await edge.api.spawn(
      LocalApi.program('etcd', 'server'),
      [...etcd, ...clients, ...peers, ...cluster],
      'another-etcd',
    );
    const annotations = { 'traefik.ingress.kubernetes.io/service.serversscheme': 'h2c' };
    await edge.give(annotated(serviceOf('grpc'), annotations), endpoints('grpc', 'default', 2479), ingress('grpc'));
    await edge.until('gRPC', async () => (await etcdctl('put', 'a', 'before')).includes('OK'));
    expect(await etcdctl('get', 'a')).toContain('before');
    // A watch is a stream in both directions: it is told of what is written after it began, as long as it lasts.
    const watching = etcdctl('watch', 'a');
    for (const value of ['first', 'second', 'third']) {
      await sleep(3000);
      await etcdctl('put', 'a', value);
    }
    const told = (await watching).split('\n');
    expect(told).toEqual(expect.arrayContaining(['second', 'third']));
  });

  it('takes uploads of any size', async () => {
    await edge.api.spawn('node', ['test/conformance/support/sink.mjs', POD, '9003'], 'sink');
    await edge.give(serviceOf('sink'), endpoints('sink', 'default', 9003), ingress('sink'));
    await edge.until('the sink', async () => (await edge.curl(url('sink'), ...resolving('sink'))).status === 200);
    expect(await upload(400 << 20)).toBe(true);
  });

  it('takes uploads that are slower than a minute', async () => {
    const begin = Date.now();
    expect(await upload(1_400_000, '--limit-rate', '20k')).toBe(true);
    expect(Date.now() - begin).toBeGreaterThan(60_000);
  });

  it('believes a balancer that is named about who the client is, and nobody else', async () => {
    const seen = async (from: string) => {
      const args = ['test/conformance/support/proxied.mjs', from, POD, '203.0.113.9', host('echo')];
      return (await edge.api.inside('node', args)).output.match(/"X-Forwarded-For":\["([^"]*)"\]/)?.[1];
    };
    expect(await seen(PROXY)).toBe('203.0.113.9');
    expect(await seen(CLIENT)).not.toBe('203.0.113.9');
    const claim = ['-H', 'X-Forwarded-For: 203.0.113.9', ...resolving('echo')];
    const told = async (...from: string[]) => (await edge.curl(url('echo'), ...claim, ...from)).body;
    expect(await told('--interface', PROXY)).toContain(`"X-Forwarded-For":["203.0.113.9, ${PROXY}"]`);
    expect(await told()).toContain(`"X-Forwarded-For":["${CLIENT}"]`);
  });
});

const host = (name: string) => `${name}.example.com`;
const url = (name: string) => `http://${host(name)}/`;

function resolving(name: string): string[] {
  return ['80', '443'].flatMap((port) => ['--resolve', `${host(name)}:${port}:${POD}`]);
}

/** Whether as many bytes arrived as were sent, and the same ones. */
async function upload(bytes: number, ...options: string[]): Promise<boolean> {
  const content = randomBytes(Math.min(bytes, 1 << 20));
  const whole = Buffer.concat(Array.from({ length: Math.ceil(bytes / content.length) }, () => content)).subarray(
    0,
    bytes,
  );
  const file = join(folder, 'upload');
  writeFileSync(file, whole);
  const send = ['--max-time', '240', '--upload-file', file, ...options, ...resolving('sink')];
  const { status, body } = await edge.curl(url('sink'), ...send);
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toEqual({ bytes, sha256: createHash('sha256').update(whole).digest('hex') });
  return true;
}

/** etcd's own client, by HTTPS and the domain's name; ended after some seconds. */
async function etcdctl(...args: string[]): Promise<string> {
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `${POD} ${host('grpc')}\n`);
  const own = ['--mount', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec timeout 20 "$@"`, 'sh'];
  const access = [`--endpoints=https://${host('grpc')}:443`, `--cacert=${authority}`, '--command-timeout=10s'];
  const { output } = await edge.api.inside('unshare', [
    ...own,
    LocalApi.program('etcd', 'etcdctl'),
    ...access,
    ...args,
  ]);
  return output;
}

function annotated(object: object, annotations: Readonly<Record<string, string>>): object {
  const { metadata, ...rest } = object as { metadata: object };
  return { ...rest, metadata: { ...metadata, annotations } };
}

/** A whole host for the Service of its name. */
function ingress(name: string): object {
  return ingressOf(name, host(name));
}
