import { isLabel, remedyForName } from '../names.js';
import { DEFAULTS, defaultRenewal } from '../schema.js';
import { versionStanding } from '../versions.js';
import { eachMachine, error, type Rule, type RuleInput, warning } from './rule.js';

/** Kubernetes is tested by its makers up to this many nodes. */
const MOST_MACHINES = 5_000;
const MOST_CONTROLLERS = 7;

/** Enough machines of every role, and not too many. */
export const checkRoles: Rule = function* (input) {
  const { machines } = input.draft;
  if (machines === undefined) return;
  if (machines.length === 0) {
    const remedy = 'add one: ironkeel machine add controller 10.10.10.1 --role controller';
    yield error('no-machines', ['machines'], 'there are no machines', remedy);
    return;
  }
  if (machines.length > MOST_MACHINES) {
    const message = `${machines.length} machines are more than the ${MOST_MACHINES} nodes Kubernetes is made for`;
    yield error('too-many-machines', ['machines', MOST_MACHINES], message, 'split them into several clusters');
  }
  yield* checkControllers(input);
};

function* checkControllers({ draft, isMisfit }: RuleInput) {
  const controllers = [...eachMachine(draft)].filter(({ machine }) => machine.role === 'controller');
  const last = controllers.at(-1);
  if (last === undefined) {
    // A machine whose role could not be read may have been meant to be one.
    const unread = (draft.machines ?? []).some(
      (machine, index) => machine === undefined || isMisfit(['machines', index, 'role']),
    );
    if (!unread)
      yield error(
        'no-controller',
        ['machines'],
        'no machine is a controller',
        'give one, or three, the role: controller',
      );
    return;
  }
  // Members of an etcd elsewhere are not counted by controllers.
  if (draft.etcd?.external !== undefined || isMisfit(['etcd']) || isMisfit(['etcd', 'external'])) return;
  const path = [...last.path, 'role'];
  if (controllers.length % 2 === 0) {
    const message = `${controllers.length} controllers survive no more failures than ${controllers.length - 1}`;
    yield warning('even-controllers', path, message, 'use an odd number of controllers: 1, 3 or 5');
  } else if (controllers.length > MOST_CONTROLLERS) {
    const message = `${controllers.length} controllers make etcd slow: each write waits for most of them`;
    yield warning('many-controllers', path, message, 'use 3 or 5 controllers');
  }
}

/** The cluster's name. */
export const checkClusterName: Rule = function* ({ draft }) {
  if (draft.name === undefined || isLabel(draft.name)) return;
  yield error('bad-name', ['name'], 'the cluster’s name is no RFC 1123 label', remedyForName(draft.name, isLabel));
};

/** Certificate lifetimes that make sense together; the defaults count for what is not given. */
export const checkLifetimes: Rule = function* ({ draft }) {
  const { certificates } = draft;
  if (certificates === undefined) return;
  const { caLifetimeDays = DEFAULTS.caLifetimeDays, leafLifetimeDays = DEFAULTS.leafLifetimeDays } = certificates;
  const { renewBeforeDays = defaultRenewal(leafLifetimeDays) } = certificates;
  const at = (field: keyof typeof certificates, other: keyof typeof certificates) =>
    ['certificates', certificates[field] === undefined ? other : field] as const;
  if (leafLifetimeDays >= caLifetimeDays) {
    const message = `a certificate of ${leafLifetimeDays} days outlives its authority of ${caLifetimeDays} days`;
    yield error(
      'bad-lifetime',
      at('leafLifetimeDays', 'caLifetimeDays'),
      message,
      'make leafLifetimeDays less than caLifetimeDays',
    );
  }
  if (renewBeforeDays >= leafLifetimeDays) {
    const message = `renewing ${renewBeforeDays} days before the end of ${leafLifetimeDays} days would renew on every build`;
    yield error(
      'bad-lifetime',
      at('renewBeforeDays', 'leafLifetimeDays'),
      message,
      'make renewBeforeDays less than leafLifetimeDays',
    );
  }
};

/** A version that can be built: in the catalogue, or pinned. */
export const checkVersion: Rule = function* ({ draft, context }) {
  const version = draft.kubernetes?.version;
  const supported = context.kubernetesVersions;
  const standing = version === undefined ? 'known' : versionStanding(version, context);
  if (version === undefined || standing === 'known' || standing === 'pinned') return;
  const path = ['kubernetes', 'version'];
  if (standing === 'unpinned') {
    const message = `the catalogue has no checksums of Kubernetes ${version}, and ironkeel.lock pins none`;
    yield error(
      'unpinned-version',
      path,
      message,
      `pin it with: ironkeel bundle; or use one of ${summarise(supported)}`,
    );
    return;
  }
  const bare = version.trim().replace(/^v/i, '');
  const near = supported.find((one) => one === bare || one.startsWith(`${bare}.`)) ?? newestOfMinor(bare, supported);
  const remedy = `${near === undefined ? '' : `did you mean "${near}"? `}Supported: ${summarise(supported)}`;
  yield error('unsupported-version', path, `Kubernetes "${version.slice(0, 40)}" is not supported`, remedy);
};

function newestOfMinor(version: string, supported: readonly string[]): string | undefined {
  const minor = /^\d+\.\d+\./.exec(version)?.[0];
  return minor === undefined ? undefined : supported.find((one) => one.startsWith(minor));
}

/** The newest version of each minor. */
function summarise(versions: readonly string[]): string {
  const newest = new Map<string, string>();
  for (const version of versions) {
    const minor = version.split('.').slice(0, 2).join('.');
    if (!newest.has(minor)) newest.set(minor, version);
  }
  return [...newest.values()].join(', ');
}
