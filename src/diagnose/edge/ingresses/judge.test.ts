import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeRoutes } from './judge.js';
import type { Ingress, IngressClass, RoutesView } from './types.js';
import { readRoutes } from './view.js';

const NGINX: IngressClass = { name: 'nginx', controller: 'nginx.org/ingress-controller', isDefault: true };
const OTHER: IngressClass = { name: 'other', controller: 'example.com/other', isDefault: false };

function ingress(name: string, over: Partial<Ingress> = {}, host = `${name}.example.com`): Ingress {
  const service = { name: 'web', port: 80 };
  return {
    id: `default/${name}`,
    namespace: 'default',
    className: 'nginx',
    routes: [{ host, path: '/', exact: false, service }],
    tls: [],
    mergeable: false,
    managed: false,
    ...over,
  };
}

function view(over: Partial<RoutesView> = {}): RoutesView {
  const services = new Map([['default/web', [{ name: 'http', port: 80 }]]]);
  return { ingresses: [], classes: [NGINX, OTHER], services, secrets: new Map([['default/gone', false]]), ...over };
}

const judge = (ingresses: readonly Ingress[], over: Partial<RoutesView> = {}) =>
  judgeRoutes(view({ ingresses, ...over })).map(({ subject, code, message }) => `${subject} ${code}: ${message}`);

const route = (host: string, path: string, exact = false) => ({
  routes: [{ host, path, exact, service: { name: 'web', port: 80 } }],
});

describe('Ingresses', () => {
  it('that are well are a line', () => {
    expect(judge([])).toEqual(['Ingresses ingresses: there is none']);
    expect(judge([ingress('a')])).toEqual(['Ingresses ingresses: 1 is well']);
    expect(judge([ingress('a'), ingress('b')])).toEqual(['Ingresses ingresses: all 2 are well']);
  });

  it.each<[string, readonly Ingress[], string[]]>([
    [
      'with a missing Service',
      [ingress('a', { routes: [{ host: 'a.com', path: '/', exact: false, service: { name: 'gone', port: 80 } }] })],
      ['default/a ingress-service: there is no Service gone in default, which a.com leads to'],
    ],
    [
      'with a missing port',
      [ingress('a', { routes: [{ host: '*', path: '/', exact: false, service: { name: 'web', port: 'https' } }] })],
      ['default/a ingress-service-port: the Service web has no port https, which * leads to'],
    ],
    [
      'with a missing Secret',
      [ingress('a', { tls: [{ hosts: ['a.com'], secret: 'gone' }] })],
      ['default/a ingress-secret: there is no Secret gone in default, the certificate of a.com'],
    ],
    [
      'of a wrong class',
      [ingress('a', { className: 'ngnix' })],
      ['default/a ingress-class: there is no ingress class ngnix, so nothing serves it'],
    ],
    [
      'that want the same path of a host',
      [ingress('a', route('x.com', '/shop')), ingress('b', route('x.com', '/shop/'))],
      ['default/b ingress-collision: x.com/shop is in default/a too: only one of them gets it'],
    ],
    [
      'that share a host where a controller gives it to one',
      [ingress('a', route('x.com', '/')), ingress('b', route('x.com', '/shop'))],
      [
        'default/b ingress-host: the host x.com is in default/a too, and this controller gives a host to one Ingress alone',
      ],
    ],
    [
      'that share a host and are mergeable',
      [
        ingress('a', { ...route('x.com', '/'), mergeable: true }),
        ingress('b', { ...route('x.com', '/shop'), mergeable: true }),
      ],
      ['Ingresses ingresses: all 2 are well'],
    ],
    [
      'that share a host at a controller that merges them',
      [
        ingress('a', { ...route('x.com', '/'), className: 'other' }),
        ingress('b', { ...route('x.com', '/shop'), className: 'other' }),
      ],
      ['Ingresses ingresses: all 2 are well'],
    ],
    [
      'of two controllers, which do not meet',
      [ingress('a', route('x.com', '/')), ingress('b', { ...route('x.com', '/'), className: 'other' })],
      ['Ingresses ingresses: all 2 are well'],
    ],
  ])('%s', (_, ingresses, found) => {
    expect(judge(ingresses)).toEqual(found);
  });

  it('of Ironkeel’s own stand in nobody’s way', () => {
    const own = ingress('a', { ...route('*', '/'), managed: true });
    expect(judge([own, ingress('b', route('*', '/'))])).toEqual(['Ingresses ingresses: all 2 are well']);
  });

  it('without a class need one that is the default', () => {
    const classless = ingress('a', { className: undefined });
    expect(judge([classless])).toEqual(['Ingresses ingresses: 1 is well']);
    expect(judge([classless], { classes: [OTHER] })).toEqual([
      'default/a ingress-without-class: it names no ingress class, and none is the default, so nothing serves it',
    ]);
  });

  it('are judged on what may be seen: a Secret nobody may ask for is none that is missing', () => {
    const one = ingress('a', { tls: [{ hosts: [], secret: 's' }] });
    expect(judge([one])).toEqual(['Ingresses ingresses: 1 is well']);
    expect(judge([one], { secrets: new Map([['default/s', true]]) })).toEqual(['Ingresses ingresses: 1 is well']);
  });

  it('collide exactly when two of them have a host and path in common', () => {
    const place = fc.record({ host: fc.constantFrom('a', 'b'), path: fc.constantFrom('/', '/x') });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), (places) => {
        const ingresses = places.map(({ host, path }, at) =>
          ingress(`i${at}`, { ...route(host, path), className: 'other' }),
        );
        const keys = places.map(({ host, path }) => host + path);
        const collided = judge(ingresses).some((line) => line.includes('ingress-collision'));
        expect(collided).toBe(new Set(keys).size < keys.length);
      }),
    );
  });
});

describe('the routes that the API tells', () => {
  it('are read, and of Secrets nothing but whether they are there', async () => {
    const asked: string[] = [];
    const answers: Record<string, unknown> = {
      '/apis/networking.k8s.io/v1/ingresses': { items: [INGRESS] },
      '/apis/networking.k8s.io/v1/ingressclasses': {
        items: [
          {
            metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
            spec: { controller: 'nginx.org/ingress-controller' },
          },
        ],
      },
      '/api/v1/services': {
        items: [
          { metadata: { namespace: 'shop', name: 'web' }, spec: { ports: [{ port: 80 }, { name: 'alt', port: 81 }] } },
          { metadata: { namespace: 'shop', name: 'away' }, spec: { type: 'ExternalName' } },
        ],
      },
      '/api/v1/namespaces/shop/secrets/there': {},
    };
    const routes = await readRoutes(async (_base, path, _signal, accept) => {
      if (path.includes('/secrets/')) asked.push(`${path} ${accept}`);
      const answer = answers[path];
      return {
        status: answer === undefined ? (path.includes('secret-of-others') ? 403 : 404) : 200,
        body: JSON.stringify(answer),
      };
    }, 'https://api');
    expect(routes.classes).toEqual([NGINX]);
    expect(routes.ingresses).toEqual([
      {
        ...{ id: 'shop/front', namespace: 'shop', className: 'nginx', mergeable: false, managed: false },
        routes: [
          { host: '*', path: '/', exact: false, service: { name: 'web', port: 80 } },
          { host: 'shop.example.com', path: '/a', exact: true, service: { name: 'web', port: 'alt' } },
          { host: 'shop.example.com', path: '/', exact: false, service: undefined },
        ],
        tls: [
          { hosts: ['shop.example.com'], secret: 'there' },
          { hosts: [], secret: 'gone' },
          { hosts: [], secret: 'secret-of-others' },
          { hosts: ['x'], secret: undefined },
        ],
      },
    ]);
    expect([...routes.secrets]).toEqual([
      ['shop/there', true],
      ['shop/gone', false],
    ]);
    expect(routes.services.get('shop/away')).toBeUndefined();
    expect(routes.services.get('shop/web')).toEqual([{ port: 80 }, { name: 'alt', port: 81 }]);
    expect(asked.every((line) => line.endsWith('as=PartialObjectMetadata;g=meta.k8s.io;v=v1'))).toBe(true);
  });
});

const INGRESS = {
  metadata: { namespace: 'shop', name: 'front', annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
  spec: {
    defaultBackend: { service: { name: 'web', port: { number: 80 } } },
    rules: [
      {
        host: 'Shop.example.com',
        http: {
          paths: [
            { path: '/a', pathType: 'Exact', backend: { service: { name: 'web', port: { name: 'alt' } } } },
            { pathType: 'ImplementationSpecific', backend: { resource: { kind: 'Bucket' } } },
          ],
        },
      },
    ],
    tls: [
      { hosts: ['shop.example.com'], secretName: 'there' },
      { secretName: 'gone' },
      { secretName: 'secret-of-others' },
      { hosts: ['x'] },
    ],
  },
};
