import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../../src/inventory/settings.js';
import { issueCertificates, operatorFiles } from '../../src/pki/index.js';
import { issuedCluster } from '../../src/pki/testing/issued.js';
import { CLIENT, Edge, endpoints, POD, PROXY, serviceOf } from './support/edge.js';

// The ingress as an edge runs it: the real Traefik with the flags, the user and the rights of its addon, the
// certificates of the edge's drive, a real API server. Pods are programs beside it.
const { plan, secrets } = issuedCluster(
  {
    domains: ['example.com', 'example.net'].map(servedHere),
    ingress: { ...CLUSTER_SETTINGS.ingress, trustedProxies: [`${PROXY}/32`] },
  },
  Date.now(),
);

let folder: string;
let edge: Edge;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-edge-'));
  const authority = operatorFiles(plan, secrets, { plainCaKeys: false }).find(({ path }) =>
    path.endsWith('domains-ca.pem'),
  );
  writeFileSync(join(folder, 'domains-ca.pem'), authority?.content ?? '');
  edge = new Edge(folder, plan, secrets);
  await edge.start();
  await edge.echo('echo', 9001);
  await edge.give(ingress('echo', [rule('echo.example.com', '/', 'echo'), rule('shop.example.net', '/shop', 'echo')]));
  await edge.until('the Ingress', async () => (await at('echo.example.com')).status === 200);
}, 2_400_000);

afterAll(() => {
  edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('what no Ingress names', () => {
  it.each([
    ['a host that nobody knows', 'http://nobody.example.com/'],
    ['an address', `http://${POD}/index.php`],
    ['a path beside those of a known host', 'http://shop.example.net/'],
    ['a path that merely begins like one', 'http://shop.example.net/shopping'],
    ['a host that nobody knows, by HTTPS', 'https://nobody.example.com/'],
    ['a host of no domain of ours, by HTTPS', 'https://elsewhere.org/'],
  ])('gets the default backend’s 404: %s', async (_, url) => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await edge.curl(url, '-k', '-X', method, ...resolving(url));
      expect([status, body]).toEqual([404, expect.stringContaining('<h1>404 Not Found</h1>')]);
    }
  });

  it('gets the user’s own default backend where an Ingress has one', async () => {
    const spec = { defaultBackend: { service: { name: 'echo', port: { number: 80 } } } };
    await edge.give({ ...ingress('rest', []), spec });
    await edge.until('the other backend', async () => (await at('nobody.example.com')).status === 200);
    expect((await at('shop.example.net', '/')).status).toBe(200);
    await edge.kubectl('delete', 'ingress', 'rest');
    await edge.until('ours again', async () => (await at('nobody.example.com')).status === 404);
  });
});

describe('a pod behind an Ingress', () => {
  it('sees who the client is, whatever the client says', async () => {
    const lie = ['-H', 'X-Forwarded-For: 192.0.2.66', '-H', 'X-Real-Ip: 192.0.2.66', '-H', 'X-Forwarded-Proto: https'];
    const { headers, host, path } = JSON.parse((await at('echo.example.com', '/a?b=c', ...lie)).body) as Answer;
    expect({ host, path }).toEqual({ host: 'echo.example.com', path: '/a?b=c' });
    expect(headers).toMatchObject({
      'X-Forwarded-For': [CLIENT],
      'X-Real-Ip': [CLIENT],
      'X-Forwarded-Proto': ['http'],
    });
  });

  it('is told who the client is by a proxy that is named', async () => {
    const forwarded = await at('echo.example.com', '/', '--interface', PROXY, '-H', 'X-Forwarded-For: 192.0.2.66');
    expect((JSON.parse(forwarded.body) as Answer).headers['X-Forwarded-For']).toEqual([`192.0.2.66, ${PROXY}`]);
    const lines = ['PROXY TCP4 192.0.2.77 192.0.2.1 4711 80', 'GET / HTTP/1.0', 'Host: echo.example.com', '', ''];
    const say = `const {connect} = require('net'); const socket = connect({host: '${POD}', port: 80, localAddress: '${PROXY}'});
      socket.pipe(process.stdout); socket.write(${JSON.stringify(lines.join('\r\n'))});`;
    const { output } = await edge.api.inside('node', ['-e', say]);
    const { headers } = JSON.parse(output.slice(output.indexOf('\r\n\r\n'))) as Answer;
    expect(headers).toMatchObject({ 'X-Forwarded-For': ['192.0.2.77'], 'X-Real-Ip': ['192.0.2.77'] });
  });

  it('is there by HTTPS at once, without a Secret, for every host below a domain', async () => {
    for (const url of ['https://echo.example.com/', 'https://shop.example.net/shop']) {
      const answer = await edge.curl(url, '--cacert', join(folder, 'domains-ca.pem'), ...resolving(url));
      expect(answer.status, answer.body).toBe(200);
      expect((JSON.parse(answer.body) as Answer).headers).toMatchObject({ 'X-Forwarded-Proto': ['https'] });
      const version = await edge.curl(
        url,
        '-k',
        '--http2',
        '-o',
        '/dev/null',
        '-w',
        '%{http_version}\n%{http_code}',
        ...resolving(url),
      );
      expect(version).toEqual({ status: 200, body: '2' });
    }
  });

  it('is a 503 while it is gone', async () => {
    await edge.give(serviceOf('away'), ingress('away', [rule('away.example.com', '/', 'away')]));
    await edge.until('the Ingress', async () => (await at('away.example.com')).status === 503);
    await edge.give(endpoints('away', 'default', 9001));
    await edge.until('the pod', async () => (await at('away.example.com')).status === 200);
  });

  it('keeps a WebSocket while Ingresses change', async () => {
    await edge.api.spawn('node', ['test/conformance/support/websocket.mjs', 'serve', '9002'], 'websocket');
    await edge.give(serviceOf('socket'), endpoints('socket', 'default', 9002));
    await edge.give(ingress('socket', [rule('socket.example.com', '/', 'socket')]));
    await edge.until('the Ingress', async () => (await at('socket.example.com')).status === 200);
    const socket = await hold('socket.example.com');
    await edge.give(ingress('more', [rule('more.example.com', '/', 'echo')]));
    await edge.until('the change', async () => (await at('more.example.com')).status === 200);
    expect(await socket.send('still there')).toBe('open\ngot still there\n');
    socket.end();
  });
});

describe('the certificates of the domains', () => {
  const served = async (host: string) => {
    const connect = ['s_client', '-connect', `${POD}:443`, '-servername', host];
    const { output } = await edge.api.inside('bash', ['-c', `openssl ${connect.join(' ')} </dev/null 2>/dev/null`]);
    return new X509Certificate(output);
  };

  it('are those of the asked host’s domain, the first one’s for others', async () => {
    expect((await served('echo.example.com')).subjectAltName).toBe('DNS:example.com, DNS:*.example.com');
    expect((await served('example.net')).subjectAltName).toBe('DNS:example.net, DNS:*.example.net');
    expect((await served('elsewhere.org')).subjectAltName).toContain('example.com');
  });

  it('are served anew as soon as the machine has new ones, without a restart', async () => {
    const before = (await served('echo.example.com')).serialNumber;
    const { ['cluster/domain/example.com']: _, ...issued } = secrets.issued;
    edge.place(issueCertificates(plan, { ...secrets, issued }, Date.now()).secrets);
    await edge.until('the new one', async () => (await served('echo.example.com')).serialNumber !== before);
  });

  it('make room for a user’s own in a Secret', async () => {
    const file = (name: string) => join(folder, name);
    const subject = ['-subj', '/CN=own', '-addext', 'subjectAltName=DNS:own.elsewhere.org'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('own-key.pem')];
    await edge.api.inside('openssl', ['req', '-x509', ...key, ...subject, '-days', '1', '-out', file('own.pem')]);
    await edge.kubectl('create', 'secret', 'tls', 'own', `--cert=${file('own.pem')}`, `--key=${file('own-key.pem')}`);
    const { spec, ...rest } = ingress('own', [rule('own.elsewhere.org', '/', 'echo')]);
    await edge.give({ ...rest, spec: { ...spec, tls: [{ hosts: ['own.elsewhere.org'], secretName: 'own' }] } });
    await edge.until('it', async () => (await served('own.elsewhere.org')).subjectAltName === 'DNS:own.elsewhere.org');
  });
});

describe('the edge', () => {
  it('listens for the world on two ports, and tells only its own machine how it is', async () => {
    const { output } = await edge.api.inside('ss', ['-Hltnp']);
    const listening = output.split('\n').filter((line) => line.includes('"traefik"'));
    const addresses = listening.map((line) => line.split(/\s+/)[3]).sort();
    expect(addresses).toEqual(['*:443', '*:80', '127.0.0.1:7445']);
    expect((await edge.curl('http://127.0.0.1:7445/metrics')).body).toContain('traefik_');
    for (const path of ['/ping', '/metrics', '/api/rawdata', '/dashboard/']) {
      expect((await edge.curl(`http://${POD}${path}`)).status, path).toBe(404);
    }
  });

  it('may read what it serves and change nothing', async () => {
    const may = async (...what: string[]) =>
      (
        await edge
          .kubectl('auth', 'can-i', ...what, '-A', '--as=system:serviceaccount:kube-system:traefik')
          .catch(String)
      ).includes('yes');
    expect(await may('watch', 'ingresses.networking.k8s.io')).toBe(true);
    for (const what of [
      ['create', 'pods'],
      ['update', 'ingresses.networking.k8s.io'],
      ['list', 'configmaps'],
      ['update', 'secrets'],
    ])
      expect(await may(...what), what.join(' ')).toBe(false);
    expect(readFileSync(join(folder, 'traefik.log'), 'utf8')).not.toContain('forbidden');
  });
});

interface Answer {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

function servedHere(name: string) {
  return { name, edges: ['example.com'] };
}

/** Without a class: the API server gives it the default one. */
function ingress(name: string, rules: readonly object[]) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
    spec: { rules },
  };
}

function rule(host: string, path: string, service: string): object {
  const backend = { service: { name: service, port: { number: 80 } } };
  return { host, http: { paths: [{ path, pathType: 'Prefix', backend }] } };
}

function resolving(url: string): string[] {
  return ['80', '443'].flatMap((port) => ['--resolve', `${new URL(url).hostname}:${port}:${POD}`]);
}

function at(host: string, path = '/', ...options: string[]) {
  const url = `http://${host}${path}`;
  return edge.curl(url, ...resolving(url), ...options);
}

/** An open WebSocket, and what it has said so far with each line that is sent. */
async function hold(host: string) {
  const { program, args } = await edge.api.command('node', [
    'test/conformance/support/websocket.mjs',
    'hold',
    POD,
    host,
  ]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await edge.until('the WebSocket', async () => said.includes('\n'));
  return {
    async send(line: string) {
      child.stdin.write(`${line}\n`);
      const before = said;
      await edge.until('its answer', async () => said !== before);
      return said;
    },
    end: () => child.kill(),
  };
}
