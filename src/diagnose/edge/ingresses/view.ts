import { type ApiGet, readObject } from '../../api/client.js';
import { items, type Json, list, record, text } from '../../api/json.js';
import type { Ingress, IngressClass, Route, RoutesView, ServicePort } from './types.js';

/**
 * Reads the routes of a cluster. Of Secrets only whether they are there is asked: no key leaves the API server.
 *
 * @throws Error of the client, or with the code `HTTP 403`: the API does not answer, or not with 200.
 */
export async function readRoutes(get: ApiGet, base: string, signal?: AbortSignal): Promise<RoutesView> {
  const read = async (path: string) => items(await readObject(get, base, path, signal));
  const [found, classes, services] = await Promise.all([
    read('/apis/networking.k8s.io/v1/ingresses'),
    read('/apis/networking.k8s.io/v1/ingressclasses'),
    read('/api/v1/services'),
  ]);
  const ingresses = found.map(readIngress);
  const named = ingresses.flatMap(({ namespace, tls }) =>
    tls.flatMap(({ secret }) => (secret === undefined ? [] : `${namespace}/${secret}`)),
  );
  return {
    ingresses,
    classes: classes.map(readClass),
    services: new Map(services.map(readService)),
    secrets: await readSecrets(get, base, [...new Set(named)], signal),
  };
}

async function readSecrets(get: ApiGet, base: string, ids: readonly string[], signal: AbortSignal | undefined) {
  const secrets = new Map<string, boolean>();
  for (const id of ids) {
    const [namespace = '', name = ''] = id.split('/');
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
    const { status } = await get(base, path, signal, METADATA_ONLY);
    if (status === 200 || status === 404) secrets.set(id, status === 200);
  }
  return secrets;
}

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function readIngress(item: Json): Ingress {
  const metadata = record(item.metadata);
  const spec = record(item.spec);
  const annotations = record(metadata.annotations);
  const namespace = text(metadata.namespace);
  const byDefault =
    spec.defaultBackend === undefined ? [] : [toRoute('*', { path: '/', backend: spec.defaultBackend })];
  const byRule = list(spec.rules).flatMap((rule) =>
    list(record(rule.http).paths).map((path) => toRoute(text(rule.host).toLowerCase() || '*', path)),
  );
  return {
    id: `${namespace}/${text(metadata.name)}`,
    namespace,
    className: text(spec.ingressClassName) || text(annotations['kubernetes.io/ingress.class']) || undefined,
    routes: [...byDefault, ...byRule],
    tls: list(spec.tls).map(({ hosts, secretName }) => ({
      hosts: Array.isArray(hosts) ? hosts.map(String) : [],
      secret: text(secretName) || undefined,
    })),
    mergeable: 'nginx.org/mergeable-ingress-type' in annotations,
    managed: 'ironkeel.dev/managed' in record(metadata.labels),
  };
}

function toRoute(host: string, path: Json): Route {
  const service = record(record(path.backend).service);
  const port = record(service.port);
  const name = text(service.name);
  const number = typeof port.number === 'number' ? port.number : text(port.name);
  return {
    host,
    path: text(path.path) || '/',
    exact: path.pathType === 'Exact',
    service: name === '' ? undefined : { name, port: number },
  };
}

function readClass(item: Json): IngressClass {
  const metadata = record(item.metadata);
  return {
    name: text(metadata.name),
    controller: text(record(item.spec).controller),
    isDefault: record(metadata.annotations)['ingressclass.kubernetes.io/is-default-class'] === 'true',
  };
}

function readService(item: Json): [string, readonly ServicePort[] | undefined] {
  const metadata = record(item.metadata);
  const spec = record(item.spec);
  const ports = list(spec.ports).map(({ name, port }) => ({ name: text(name) || undefined, port: Number(port) }));
  return [`${text(metadata.namespace)}/${text(metadata.name)}`, spec.type === 'ExternalName' ? undefined : ports];
}
