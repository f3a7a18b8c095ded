import { suggest } from '../../support/suggest.js';
import type { KnownOptions, OptionType } from '../component-options.js';
import type { Finding, Path } from '../finding.js';
import { whyReservedOption } from '../reserved-options.js';
import { COMPONENT_NAMES, type ComponentName } from '../types.js';
import { versionStanding } from '../versions.js';
import { isInexact, misfitOfField, misfitOfFlag } from './option-values.js';
import { error, type Rule, type RuleInput, warning } from './rule.js';

/** The options of one component as the file has them. */
interface GivenOptions {
  readonly component: ComponentName;
  readonly kind: 'flags' | 'config';
  readonly options: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** The program people know a component by. */
const PROGRAMS: Readonly<Record<ComponentName, string>> = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  etcd: 'etcd',
  kubelet: 'the kubelet',
  kubeProxy: 'kube-proxy',
};

/** Flags and configuration of components: known to the version, of the right type, and not Ironkeel's to decide. */
export const checkComponents: Rule = function* (input) {
  const version = settledVersion(input);
  for (const given of givenOptions(input)) {
    if (Object.keys(given.options).length === 0) continue;
    const known = version === undefined ? undefined : knownOptions(version, input)[given.component];
    if (version !== undefined && known === undefined) yield unrecorded(given, version);
    for (const [name, value] of Object.entries(given.options)) yield* checkOption(given, name, value, known, version);
    yield* checkGates(given);
    yield* checkCompany(given);
    yield* checkFilesAreSeen(given);
  }
};

/** The Kubernetes version in force, unless there is none such: that is told where it is written. */
function settledVersion({ draft, context, isMisfit }: RuleInput): string | undefined {
  if (isMisfit(['kubernetes', 'version'])) return undefined;
  const version = draft.kubernetes?.version ?? context.defaultKubernetesVersion;
  return versionStanding(version, context) === 'unsupported' ? undefined : version;
}

function knownOptions(version: string, { context }: RuleInput): KnownOptions {
  return context.componentOptions?.(version) ?? {};
}

function* givenOptions({ draft }: RuleInput): Generator<GivenOptions> {
  for (const component of COMPONENT_NAMES) {
    const given: { flags?: object | undefined; config?: object | undefined } = draft.kubernetes?.[component] ?? {};
    for (const kind of ['flags', 'config'] as const) {
      const options = given[kind];
      if (options === undefined) continue;
      yield { component, kind, options: { ...options }, path: ['kubernetes', component, kind] };
    }
  }
}

function unrecorded({ component, kind, path }: GivenOptions, version: string): Finding {
  const what = kind === 'flags' ? 'flags' : 'fields';
  const message = `the ${what} of ${PROGRAMS[component]} in Kubernetes ${version} are not on record: these go unchecked`;
  return { ...warning('unchecked-options', path, message, 'compare them with its documentation'), at: 'key' };
}

function* checkOption(
  { component, kind, path: parent }: GivenOptions,
  name: string,
  value: unknown,
  known: Readonly<Record<string, OptionType>> | undefined,
  version: string | undefined,
): Generator<Finding> {
  // A value that did not fit the shape has been told of.
  if (value === undefined) return;
  const path = [...parent, name];
  const bare = kind === 'flags' ? name.replace(/^-+/, '') : name;
  const reason = whyReservedOption(component, bare);
  if (reason !== undefined) {
    const message = `"${bare}" of ${PROGRAMS[component]} is not yours to set: ${reason}`;
    yield { ...error('reserved-option', path, message, 'remove it'), at: 'key' };
  } else if (kind === 'flags' && !/^[a-z][A-Za-z0-9-]*$/.test(name)) yield badName(name, bare, known, path);
  else if (known !== undefined && !Object.hasOwn(known, name))
    yield unknownOption(component, kind, name, known, version, path);
  else yield* checkValue(kind, name, value, known?.[name], path);
}

function badName(name: string, bare: string, known: Readonly<Record<string, OptionType>> | undefined, path: Path) {
  const near = suggest(bare, Object.keys(known ?? { [bare]: 'string' }));
  const remedy = near === undefined ? 'write it without dashes, such as v or profiling' : `did you mean "${near}"?`;
  const message = `"${name.slice(0, 60)}" is no flag’s name: it is written without dashes before it, in lower case`;
  return { ...error('unknown-option', path, message, remedy), at: 'key' as const };
}

function unknownOption(
  component: ComponentName,
  kind: GivenOptions['kind'],
  name: string,
  known: Readonly<Record<string, OptionType>>,
  version: string | undefined,
  path: Path,
): Finding {
  const place = component === 'etcd' ? '' : ` in Kubernetes ${version}`;
  const what = kind === 'flags' ? 'flag' : 'configuration field';
  const message = `${PROGRAMS[component]} has no ${what} "${name.slice(0, 60)}"${place}`;
  const near = suggest(name, Object.keys(known));
  const remedy = near === undefined ? 'remove it, or look its name up' : `did you mean "${near}"? Otherwise remove it`;
  return { ...error('unknown-option', path, message, remedy), at: 'key' };
}

function* checkValue(
  kind: GivenOptions['kind'],
  name: string,
  value: unknown,
  type: OptionType | undefined,
  path: Path,
): Generator<Finding> {
  if (kind === 'flags' && [value].flat().some((part) => /\p{Cc}/u.test(String(part)))) {
    yield error('bad-option', path, `"${name}" holds a line break or a control character`, 'write it on one line');
    return;
  }
  if (isInexact(value)) {
    yield error('bad-option', path, `"${name}" is too large a number for YAML`, 'put it in quotes');
    return;
  }
  const misfit = type && (kind === 'flags' ? misfitOfFlag(value, type) : misfitOfField(value, type));
  if (misfit !== undefined) yield error('bad-option', path, `"${name}" has to be ${misfit}`, `give it ${misfit}`);
}

/** Feature gates come and go with minors, and no release of them is supported for long. */
function* checkGates({ component, kind, options, path }: GivenOptions): Generator<Finding> {
  const name = kind === 'flags' ? 'feature-gates' : 'featureGates';
  if (options[name] === undefined) return;
  const message = `feature gates of ${PROGRAMS[component]} change from minor to minor, and a wrong one keeps it from starting`;
  const remedy = 'check them at each upgrade; remove what you do not need';
  yield { ...warning('feature-gates', [...path, name], message, remedy), at: 'key' };
}

/** Plugins that the API server is started with; one that is on and off at once keeps it from starting. */
const ADMISSION = ['NodeRestriction', 'DenyServiceExternalIPs'];

/** Settings that are fine by themselves, and not beside Ironkeel's. */
function* checkCompany({ component, options, path }: GivenOptions): Generator<Finding> {
  const disabled = 'disable-admission-plugins';
  const plugin = ADMISSION.find((name) => [options[disabled]].flat().join(',').split(',').includes(name));
  if (component === 'apiServer' && plugin !== undefined) {
    const message = `${plugin} is always on, and the API server does not start where a plugin is on and off`;
    yield error('bad-option', [...path, disabled], message, `remove ${plugin}`);
  }
  const { serializeImagePulls, maxParallelImagePulls } = options;
  if (component === 'kubelet' && serializeImagePulls === true && maxParallelImagePulls !== 1) {
    const message = 'the kubelet does not start with serial pulls and several at a time';
    yield error('bad-option', [...path, 'serializeImagePulls'], message, 'add maxParallelImagePulls: 1');
  }
}

const FILE_FLAG = /-(file|dir|config|manifest)$/;

/** The control plane runs in containers that see Ironkeel's files and those of their image. */
function* checkFilesAreSeen({ component, kind, options, path }: GivenOptions): Generator<Finding> {
  if (kind !== 'flags') return;
  for (const [name, value] of Object.entries(options)) {
    if (!FILE_FLAG.test(name) || !String(value).startsWith('/') || whyReservedOption(component, name)) continue;
    const message = `${PROGRAMS[component]} runs in a container that does not see the machine’s files`;
    yield warning('unseen-file', [...path, name], message, 'name a file of its image, or remove the flag');
  }
}
