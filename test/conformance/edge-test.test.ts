import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmallCluster } from './outside/small-cluster.js';

// The commands that ask and change the API, at a real one.
let cluster: SmallCluster;
beforeAll(async () => {
  cluster = await SmallCluster.start();
});
afterAll(() => cluster?.stop());

const namespaces = () => cluster.kubectl('get', 'namespaces', '-o', 'name');

describe('ironkeel edge test', () => {
  beforeAll(() => cluster.apply(ingressClass('nginx', true)));

  test('says what it would make, and makes nothing', async () => {
    const { code, output } = await cluster.run('edge test --dry-run');
    expect(code, output).toBe(0);
    expect(output.match(/would apply \w+/g)).toEqual(
      ['Namespace', 'Deployment', 'Service', 'Ingress'].map((kind) => `would apply ${kind}`),
    );
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('shows what came back through the edge by both schemes, and leaves nothing', async () => {
    const stop = cluster.kubelets();
    const { code, output } = await cluster.run('edge test');
    await stop();
    expect(code, output).toBe(0);
    for (const scheme of ['http', 'https']) {
      expect(output).toContain(`${scheme}://echo.example.com through e1 (203.0.113.1): 200\n`);
      expect(output).toContain(
        `ok    ${scheme}://echo.example.com at e1: the request to 203.0.113.1 came through to the pod`,
      );
    }
    expect(output).not.toContain('Warning');
    expect(output).toMatch(/"X-Forwarded-For": \[\n\s*"203.0.113.1"/);
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('keeps all of it when told, takes it over, and removes it then', async () => {
    const stop = cluster.kubelets();
    const kept = await cluster.run('edge test --keep --output json');
    expect(kept.code, kept.output).toBe(0);
    const document = JSON.parse(kept.output) as {
      answers: { scheme: string; echoed: boolean; body: { url: string } }[];
    };
    expect(document).toMatchObject({ ok: true, host: 'echo.example.com', kept: true });
    expect(document.answers.map(({ scheme, echoed }) => [scheme, echoed])).toEqual([
      ['http', true],
      ['https', true],
    ]);
    expect(document.answers[0]?.body.url).toMatch(/^http:\/\/echo.example.com\/anything\/ironkeel-check-[0-9a-f]{8}\?/);
    const ingress = ['get', 'ingress', '-n', 'ironkeel-edge-test', 'echo', '-o', 'jsonpath={.spec.ingressClassName}'];
    expect(await cluster.kubectl(...ingress)).toBe('nginx');
    expect((await cluster.run('edge test')).code).toBe(0);
    await stop();
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('names an edge that does not know the Ingress, and removes all', async () => {
    const stop = cluster.kubelets();
    const { code, output } = await cluster.run('edge test --host other.example.com --timeout 15s');
    await stop();
    expect(code).toBe(1);
    expect(output).toContain(
      'FAIL  https://other.example.com at e1: the edge answers 404: its ingress controller does not know',
    );
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('says what a pod that does not become ready waits for, and removes all', async () => {
    const { code, output } = await cluster.run('edge test --timeout 6s');
    expect(code).toBe(1);
    expect(output).toMatch(/the pod is not ready after 6 s: echo-\w+-\w+ is starting/);
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('removes all after Ctrl-C', async () => {
    const { code, output } = await cluster.run('edge test', 'timeout --foreground --preserve-status -s INT 5');
    expect(output).toContain('interrupted; undoing what was made in the cluster');
    expect(output).toContain('remove Namespace ironkeel-edge-test');
    expect(code, output).toBe(130);
    expect(await namespaces()).not.toContain('ironkeel-edge-test');
  });

  test('leaves a namespace of somebody else alone', async () => {
    await cluster.kubectl('create', 'namespace', 'ironkeel-edge-test');
    const { code, output } = await cluster.run('edge test');
    expect(output).toContain('there is a namespace ironkeel-edge-test that this test did not make');
    expect(code).toBe(2);
    expect(await namespaces()).toContain('ironkeel-edge-test');
    await cluster.kubectl('delete', 'namespace', 'ironkeel-edge-test');
  });

  test.each([
    ['--host echo.example.org', 'echo.example.org is no host in one of the domains'],
    ['--host *.example.com', '*.example.com is no host in one of the domains'],
    ['--timeout soon', 'soon is no time'],
    ['--image Not_an_image', 'Not_an_image is no image'],
  ])('refuses %s', async (words, message) => {
    const { code, output } = await cluster.run(`edge test ${words}`);
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});

describe('ironkeel edge check', () => {
  const ingresses = async () => {
    const { output } = await cluster.run('edge check --skip-dns --output json');
    const { checks } = JSON.parse(output) as { checks: { subject: string; verdict: string; code: string }[] };
    return checks
      .filter(({ code }) => code.startsWith('ingress'))
      .map(({ subject, code }) => `${subject} ${code}`)
      .sort();
  };

  test('finds Ingresses that are well', async () => {
    await cluster.apply(
      service('web', 80),
      ingressClass('other', false),
      ingress('shop', { host: 'shop.example.com', secret: 'shop-tls' }),
      secret('shop-tls'),
    );
    expect(await ingresses()).toEqual(['Ingresses ingresses']);
  });

  test('names what cannot work', async () => {
    await cluster.apply(
      ingress('again', { host: 'shop.example.com' }),
      ingress('no-service', { host: 'a.example.com', backend: 'gone' }),
      ingress('no-port', { host: 'b.example.com', port: 81 }),
      ingress('no-secret', { host: 'c.example.com', secret: 'gone' }),
      ingress('no-class', { host: 'd.example.com', className: 'ngnix' }),
    );
    expect(await ingresses()).toEqual([
      'default/no-class ingress-class',
      'default/no-port ingress-service-port',
      'default/no-secret ingress-secret',
      'default/no-service ingress-service',
      'default/shop ingress-collision',
    ]);
  });
});

function ingressClass(name: string, isDefault: boolean) {
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) };
  const metadata = { name, annotations };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata,
    spec: { controller: 'example.com/any' },
  };
}

function service(name: string, port: number) {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { ports: [{ port }] } };
}

function secret(name: string) {
  const data = { 'tls.crt': '', 'tls.key': '' };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace: 'default' },
    data,
  };
}

interface IngressOptions {
  readonly host: string;
  readonly backend?: string;
  readonly port?: number;
  readonly secret?: string;
  readonly className?: string;
}

function ingress(name: string, { host, backend = 'web', port = 80, secret, className = 'nginx' }: IngressOptions) {
  const path = { path: '/', pathType: 'Prefix', backend: { service: { name: backend, port: { number: port } } } };
  const tls = secret === undefined ? {} : { tls: [{ hosts: [host], secretName: secret }] };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
    spec: { ingressClassName: className, rules: [{ host, http: { paths: [path] } }], ...tls },
  };
}
