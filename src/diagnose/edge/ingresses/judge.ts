import { fail, pass } from '../../checks/results.js';
import type { Check, CheckResult } from '../../checks/types.js';
import { collisions } from './collisions.js';
import type { Ingress, Route, RoutesView } from './types.js';

/** What of the routes cannot work; a single `pass` when all can. Pure. */
export function judgeRoutes(view: RoutesView): readonly Check[] {
  const faults = [
    ...view.ingresses.flatMap((ingress) =>
      [...judgeClass(ingress, view), ...judgeServices(ingress, view), ...judgeSecrets(ingress, view)].map((result) => ({
        ...result,
        subject: ingress.id,
      })),
    ),
    ...collisions(view),
  ];
  if (faults.length > 0) return faults;
  const count = view.ingresses.length;
  const message = count === 1 ? '1 is well' : `all ${count} are well`;
  return [{ ...pass('ingresses', count === 0 ? 'there is none' : message), subject: 'Ingresses' }];
}

function judgeClass({ className }: Ingress, { classes }: RoutesView): CheckResult[] {
  const names = classes.map(({ name }) => name).join(', ') || 'there is none';
  if (className === undefined) {
    if (classes.some(({ isDefault }) => isDefault)) return [];
    const remedy = `give it spec.ingressClassName; the classes: ${names}`;
    return [
      fail('ingress-without-class', 'it names no ingress class, and none is the default, so nothing serves it', remedy),
    ];
  }
  if (classes.some(({ name }) => name === className)) return [];
  const message = `there is no ingress class ${className}, so nothing serves it`;
  return [fail('ingress-class', message, `set spec.ingressClassName to one of: ${names}`)];
}

function judgeServices({ namespace, routes }: Ingress, view: RoutesView): CheckResult[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const fault = judgeService(namespace, route, view);
    if (fault === undefined || seen.has(fault.message)) return [];
    seen.add(fault.message);
    return [fault];
  });
}

function judgeService(namespace: string, { host, service }: Route, { services }: RoutesView): CheckResult | undefined {
  if (service === undefined) return undefined;
  const id = `${namespace}/${service.name}`;
  if (!services.has(id)) {
    const message = `there is no Service ${service.name} in ${namespace}, which ${host} leads to`;
    return fail(
      'ingress-service',
      message,
      'make the Service, or name the right one: a backend is in the Ingress’s own namespace',
    );
  }
  const ports = services.get(id);
  if (ports === undefined || ports.some(({ name, port }) => name === service.port || port === service.port))
    return undefined;
  const known = ports.map(({ name, port }) => (name === undefined ? port : `${port} (${name})`)).join(', ');
  const message = `the Service ${service.name} has no port ${service.port}, which ${host} leads to`;
  return fail('ingress-service-port', message, `name one of its ports: ${known || 'it has none'}`);
}

function judgeSecrets({ namespace, tls }: Ingress, { secrets }: RoutesView): CheckResult[] {
  return tls.flatMap(({ hosts, secret }) => {
    if (secret === undefined || secrets.get(`${namespace}/${secret}`) !== false) return [];
    const message = `there is no Secret ${secret} in ${namespace}, the certificate of ${hosts.join(', ') || 'every host'}`;
    const remedy = `make it with \`kubectl create secret tls ${secret} --namespace ${namespace} --cert FILE --key FILE\`, or leave secretName out to get the domain’s certificate`;
    return [fail('ingress-secret', message, remedy)];
  });
}
