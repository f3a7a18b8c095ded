import { fail } from '../../checks/results.js';
import type { Check } from '../../checks/types.js';
import type { Ingress, RoutesView } from './types.js';

/** F5's controller gives a whole host to the oldest Ingress that has it. */
const WHOLE_HOSTS = 'nginx.org/ingress-controller';

/** Two Ingresses of one class that want the same: a path of a host, or with some controllers any part of it. */
export function collisions(all: RoutesView): readonly Check[] {
  const view = { ...all, ingresses: all.ingresses.filter(({ managed }) => !managed) };
  const byPath = claims(view, ({ routes }) =>
    routes.map(({ host, path, exact }) => `${host}${plain(path)}${exact ? ' (exact)' : ''}`),
  );
  const paths = byPath.map(({ what, owners, ingress }): Check => {
    const message = `${what} is in ${owners[0]} too: only one of them gets it`;
    return { ...fail('ingress-collision', message, 'take the path out of one of them'), subject: ingress };
  });
  const collided = new Set(byPath.flatMap(({ ingress, owners }) => owners.map((owner) => pair(ingress, owner))));
  const byHost = claims(wholeHosts(view), ({ routes }) => routes.map(({ host }) => host));
  const hosts = byHost
    .filter(({ ingress, owners }) => owners.every((owner) => !collided.has(pair(ingress, owner))))
    .map(({ what, owners, ingress }): Check => {
      const message = `the host ${what} is in ${owners[0]} too, and this controller gives a host to one Ingress alone`;
      const remedy =
        'put all paths of the host into one Ingress, or make them mergeable: nginx.org/mergeable-ingress-type master and minion';
      return { ...fail('ingress-host', message, remedy), subject: ingress };
    });
  return [...paths, ...hosts];
}

function wholeHosts(view: RoutesView): RoutesView {
  const names = view.classes.filter(({ controller }) => controller === WHOLE_HOSTS).map(({ name }) => name);
  const ours = view.ingresses.filter((ingress) => !ingress.mergeable && names.includes(classOf(ingress, view)));
  return { ...view, ingresses: ours };
}

interface Claim {
  readonly what: string;
  /** The Ingresses that had it before. */
  readonly owners: readonly string[];
  readonly ingress: string;
}

/** Each claim that another Ingress of the same class made before, in the order of the list. */
function claims(view: RoutesView, claimsOf: (ingress: Ingress) => readonly string[]): Claim[] {
  const owners = new Map<string, string[]>();
  return view.ingresses.flatMap((ingress) =>
    [...new Set(claimsOf(ingress))].flatMap((what): Claim[] => {
      const key = JSON.stringify([classOf(ingress, view), what]);
      const before = owners.get(key) ?? [];
      owners.set(key, [...before, ingress.id]);
      return before.length === 0 ? [] : [{ what, owners: before, ingress: ingress.id }];
    }),
  );
}

function classOf({ className }: Ingress, { classes }: RoutesView): string {
  return className ?? classes.find(({ isDefault }) => isDefault)?.name ?? '';
}

/** A slash at the end makes no difference to a prefix. */
function plain(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function pair(one: string, other: string): string {
  return JSON.stringify([one, other].sort());
}
