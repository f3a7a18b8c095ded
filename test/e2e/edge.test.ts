import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Background } from './support/background.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { service } from './support/objects.js';
import { clientPrograms, labBundle, preloadOf } from './support/programs.js';
import { scanPorts } from './support/scan.js';
import { until } from './support/until.js';

const EDGE = '123.234.234.123';
const ECHO = 'lab.local/echo:1';
/** Fifty hosts of four paths, each an Ingress of its own. */
const HOSTS = Array.from({ length: 50 }, (_, number) => `host${number}.example.com`);
const PATHS = ['/a', '/b', '/c', '/d'];
const HELD_SECONDS = 75;
const PAGE = '<h1>Lost and found</h1>\n';

interface Answer {
  readonly host: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

// One story, in order: each test starts from what the one before it left. The world is the lab's client, on the public
// segment; nothing here asks from anywhere else.
describe('the edge of the guide’s cluster', () => {
  let cluster: LabCluster;
  let running: Background | undefined;
  beforeAll(() => {
    const bundle = labBundle();
    cluster = LabCluster.ofGuide(bundle);
    appendFileSync(
      join(cluster.folder, 'cluster.yaml'),
      `images: {preload: [${JSON.stringify(preloadOf(bundle, ECHO, ['worker']))}]}\n`,
    );
  });
  afterAll(() => {
    running?.interrupt();
    cluster?.leave();
  });

  it('is Ready with the others', () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
  });

  it('answers 404 for hosts and paths that nobody serves, by HTTP and HTTPS', async () => {
    await until(60, 'the default backend', () => (status('http://nobody.example.com/') === '404' ? true : undefined));
    for (const url of [
      'http://nobody.example.com/a',
      `http://${EDGE}/`,
      'https://elsewhere.org/',
      `https://${EDGE}/`,
    ]) {
      expect(must(curl(url, '-k')), url).toContain('<h1>404 Not Found</h1>');
      expect(status(url, '-k'), url).toBe('404');
    }
    expect(must(curl(`http://${EDGE}/healthz`))).toBe('ok');
  });

  it('brings requests to a pod, which sees who asked', async () => {
    const container = { name: 'echo', image: ECHO, imagePullPolicy: 'Never' };
    cluster.apply(deploymentOf('echo', container), service('echo'), ingress('echo', 'echo.example.com', '/'));
    cluster.kubectl('rollout', 'status', 'deployment/echo', '--timeout=120s');
    const url = 'http://echo.example.com/';
    const text = await until(60, 'the echo', () => (status(url) === '200' ? must(curl(url)) : undefined));
    const { host, headers } = JSON.parse(text) as Answer;
    expect(host).toBe('echo.example.com');
    expect(headers).toMatchObject({ 'X-Forwarded-For': [clientAddress()], 'X-Real-Ip': [clientAddress()] });
  });

  it('serves the domain by HTTPS with a certificate that the exported authority vouches for', () => {
    const authority = ['--cacert', join(cluster.folder, 'ssl/domains-ca.pem')];
    const { headers } = JSON.parse(must(curl('https://echo.example.com/', ...authority))) as Answer;
    expect(headers).toMatchObject({ 'X-Forwarded-For': [clientAddress()], 'X-Forwarded-Proto': ['https'] });
    // Told apart from what would be taken from anybody.
    expect(curl('https://elsewhere.org/', ...authority).status).toBe(60);
    expect(curl('https://echo.example.com/').status).toBe(60);
  });

  it('shows the world two ports and no other', () => {
    const found = scanPorts(cluster, 'client', [EDGE]);
    expect([...found.matchAll(/(\d+)\/(open|closed)\/tcp/g)].map(([, port, state]) => `${port} ${state}`)).toEqual([
      '80 open',
      '443 open',
    ]);
  });

  it('tells its owner how it is, through the API', () => {
    const forward = `${clientPrograms().kubectl} -n kube-system port-forward daemonset/traefik 17445:7445 >/dev/null`;
    const ask = 'curl -s --retry 10 --retry-connrefused --retry-delay 1 http://127.0.0.1:17445/metrics';
    expect(must(cluster.fromLan('bash', '-c', `${forward} & ${ask}; status=$?; kill %1; exit $status`))).toContain(
      'traefik_entrypoint_requests_total',
    );
  });

  it('serves paths of one host from several Ingresses, and one of two for the same path', async () => {
    cluster.apply(ingress('more', 'echo.example.com', '/more'), ingress('again', 'echo.example.com', '/'));
    await until(30, 'the other path', () => (status('http://echo.example.com/more') === '200' ? true : undefined));
    expect(status('http://echo.example.com/')).toBe('200');
    cluster.kubectl('delete', 'ingress', 'echo', 'again');
    await until(30, 'the end', () => (status('http://echo.example.com/') === '404' ? true : undefined));
    expect(status('http://echo.example.com/more')).toBe('200');
  });

  it('shows the user’s own page for what nobody serves', async () => {
    const metadata = { name: 'default-http-backend-page', namespace: 'kube-system' };
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { '404.html': PAGE } });
    cluster.kubectl('--namespace=kube-system', 'rollout', 'restart', 'deployment/default-http-backend');
    cluster.kubectl(
      '--namespace=kube-system',
      'rollout',
      'status',
      'deployment/default-http-backend',
      '--timeout=120s',
    );
    await until(60, 'the page', () => (must(curl('http://nobody.example.com/')) === PAGE ? true : undefined));
    expect(status('http://nobody.example.com/')).toBe('404');
  });

  it('takes two hundred Ingresses and gives them up, while a WebSocket and a slow upload last', async () => {
    cluster.apply(ingress('held', 'held.example.com', '/'));
    await until(60, 'what holds', () => (status('http://held.example.com/') === '200' ? true : undefined));
    const held = background('held.mjs', EDGE, 'held.example.com', String(HELD_SECONDS));
    await until(20, 'the WebSocket', () => (held.said.includes('begun') ? true : undefined));
    const crowd = HOSTS.flatMap((host, number) =>
      PATHS.map((path) => ingress(`crowd-${number}-${path.slice(1)}`, host, path, { crowd: 'yes' })),
    );
    const begin = Date.now();
    cluster.apply(...crowd);
    await until(40, 'all of them', () => (everyone() === '{"200":200}' ? true : undefined));
    const served = Date.now() - begin;
    cluster.kubectl('delete', 'ingress', '--selector=crowd=yes', '--wait=false');
    await until(40, 'their end', () => (everyone() === '{"404":200}' ? true : undefined));
    console.log(`200 Ingresses: all served ${(served / 1000).toFixed(0)} s after kubectl apply began`);
    // Else they were not there for all of it.
    expect(Date.now() - begin).toBeLessThan((HELD_SECONDS - 5) * 1000);
    expect(await held.ended, held.said).toBe(0);
    const sent = HELD_SECONDS * 2;
    expect(JSON.parse(held.said.split('\n')[1] ?? '')).toEqual({
      messages: { sent, answered: sent, closed: false },
      uploaded: { status: 200, same: true },
    });
  });

  it('serves again after a reboot', async () => {
    cluster.ironkeel('lab', 'reboot', 'example.com');
    await until(30, 'the end', () => (status('http://echo.example.com/more') === '200' ? undefined : true));
    await until(180, 'the echo', () => (status('http://echo.example.com/more') === '200' ? true : undefined));
  });

  function curl(url: string, ...options: readonly string[]) {
    const { hostname } = new URL(url);
    const names = ['80', '443'].flatMap((port) => ['--resolve', `${hostname}:${port}:${EDGE}`]);
    return cluster.fromClient('curl', '--silent', '--max-time', '10', ...names, ...options, url);
  }

  /** HTTP's status, `000` where there was no answer. */
  function status(url: string, ...options: readonly string[]): string {
    return curl(url, '-o', '/dev/null', '-w', '%{http_code}', ...options).stdout;
  }

  function background(script: string, ...args: readonly string[]): Background {
    const command = [process.execPath, resolve('test/e2e/support', script), ...args];
    running = new Background(cluster, 'client', command);
    return running;
  }

  /** How many of the crowd were answered with which status. */
  function everyone(): string {
    const script = resolve('test/e2e/support/crowd.mjs');
    return must(cluster.fromClient(process.execPath, script, EDGE, HOSTS.join(), PATHS.join())).trim();
  }

  function clientAddress(): string {
    const route = must(cluster.fromClient('ip', '-json', 'route', 'get', EDGE));
    return (JSON.parse(route) as { prefsrc: string }[])[0]?.prefsrc ?? '';
  }
});

function deploymentOf(name: string, container: object): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        // Not the edge: its machine does not have the image, and a request is to pass from one to another.
        spec: { nodeSelector: { 'node-role.kubernetes.io/worker': '' }, containers: [container] },
      },
    },
  };
}

/** Without a class, for the default one. */
function ingress(name: string, host: string, path: string, labels = {}): object {
  const backend = { service: { name: 'echo', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default', labels },
    spec: { rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }] },
  };
}
