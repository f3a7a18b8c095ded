import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../../src/inventory/settings.js';
import { operatorFiles } from '../../src/pki/index.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { Edge, ingressOf, POD, serviceOf } from './support/edge.js';

// `ingress: {redirectToHttps: true}`, by the real Traefik.
const ingressSettings = { ...CLUSTER_SETTINGS.ingress, redirectToHttps: true };
const domains = [{ name: 'example.com', edges: ['example.com'] }];
const { plan, secrets } = issuedCluster({ domains, ingress: ingressSettings }, Date.now());
const HOST = 'echo.example.com';

let folder: string;
let edge: Edge;
let authority: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-redirect-'));
  const file = join(folder, 'domains-ca.pem');
  const files = operatorFiles(plan, secrets, { plainCaKeys: false });
  writeFileSync(file, files.find(({ path }) => path.endsWith('domains-ca.pem'))?.content ?? '');
  authority = ['--cacert', file];
  edge = new Edge(folder, plan, secrets);
  await edge.start();
  await edge.echo('echo', 9001);
  await edge.give(serviceOf('echo'), ingressOf('echo', HOST));
  await edge.until('the echo', async () => (await ask('https', '/', ...authority)).status === 200);
}, 2_400_000);

afterAll(() => {
  edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an edge that sends everybody to HTTPS', () => {
  it('says where the same is by HTTPS, once and for all', async () => {
    for (const path of ['/a?b=c', '/.well-known/acme-challenge/x']) {
      const { status, body } = await ask('http', path, '-o', '/dev/null', '-w', '%{redirect_url}\n%{http_code}');
      expect([status, body]).toEqual([301, `https://${HOST}${path}`]);
    }
    const stranger = ['--resolve', `nobody.example.com:80:${POD}`, '-o', '/dev/null'];
    expect((await edge.curl('http://nobody.example.com/', ...stranger)).status).toBe(301);
  });

  it('keeps what a request carries: method and body', async () => {
    const post = ['--location', '--data', 'x=1', ...authority];
    expect(JSON.parse((await ask('http', '/form', ...post)).body)).toMatchObject({ method: 'POST', path: '/form' });
  });
});

function ask(scheme: 'http' | 'https', path: string, ...options: string[]) {
  const names = ['80', '443'].flatMap((port) => ['--resolve', `${HOST}:${port}:${POD}`]);
  return edge.curl(`${scheme}://${HOST}${path}`, ...names, ...options);
}
