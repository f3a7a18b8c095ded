import { suggest } from '../../support/suggest.js';
import type { Holey } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { TAINT_EFFECTS } from '../machine-schema.js';
import { isSubdomain } from '../names.js';
import type { RawMachine } from '../schema.js';
import { eachMachine, error, findDuplicates, type Rule } from './rule.js';

/** Label value and the name part of a key (Kubernetes "Labels and Selectors"). */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Labels in Kubernetes' own namespaces that people may set on their nodes; the kubelet sets the rest itself or
 * is refused them (admission plugin NodeRestriction, KEP 279).
 */
const ALLOWED_LABELS = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
];
const ALLOWED_NAMESPACES = ['node.kubernetes.io', 'kubelet.kubernetes.io'];
const KUBERNETES_NAMESPACES = ['kubernetes.io', 'k8s.io'];
const OWN_NAMESPACES = ['ironkeel.dev'];

/** What an edge is found by; the plan sets it. */
const EDGE_LABEL = { key: 'role', value: 'edge-router' };

/** Labels of nodes: syntax, and keys that a kubelet may set. */
export const checkLabels: Rule = function* ({ draft }) {
  for (const { machine, path } of eachMachine(draft)) {
    for (const [key, value] of Object.entries(machine.labels ?? {})) {
      const at = [...path, 'labels', key];
      yield* checkLabelKey(key, at);
      if (value !== undefined) yield* checkLabelValue(value, at, 'label');
      if (machine.role === 'edge' && key === EDGE_LABEL.key && value !== undefined && value !== EDGE_LABEL.value) {
        const message = `edges carry the label ${EDGE_LABEL.key}=${EDGE_LABEL.value}: it cannot be "${value.slice(0, 63)}"`;
        yield error('reserved-label', at, message, 'choose another key');
      }
    }
  }
};

function* checkLabelKey(key: string, path: Path): Generator<Finding> {
  if (!isQualifiedName(key)) {
    yield { ...error('bad-label', path, 'this is no label key', KEY_REMEDY), at: 'key' };
    return;
  }
  const [namespace, name] = key.includes('/') ? (key.split('/') as [string, string]) : [undefined, key];
  const reason = namespace === undefined ? undefined : whyReserved(namespace, key);
  if (reason === undefined) return;
  const remedy = `use a prefix of your own, such as example.com/${name}`;
  yield { ...error('reserved-label', path, `the label ${key} ${reason}`, remedy), at: 'key' };
}

const KEY_REMEDY = 'use up to 63 letters, digits, "-", "_" and ".", with a domain and "/" before them if you like';

function isQualifiedName(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').reverse();
  return rest.length === 0 && NAME.test(name) && (prefix === undefined || isSubdomain(prefix));
}

function whyReserved(namespace: string, key: string): string | undefined {
  const within = (roots: readonly string[]) =>
    roots.some((root) => namespace === root || namespace.endsWith(`.${root}`));
  if (within(OWN_NAMESPACES)) return 'is Ironkeel’s own';
  if (!within(KUBERNETES_NAMESPACES) || ALLOWED_LABELS.includes(key) || within(ALLOWED_NAMESPACES)) return undefined;
  return 'is one that kubelets may not set: its namespace belongs to Kubernetes';
}

function* checkLabelValue(value: string, path: Path, kind: string): Generator<Finding> {
  if (value === '' || NAME.test(value)) return;
  const remedy = 'use up to 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit';
  yield error(`bad-${kind}`, path, `this is no value for a ${kind}`, remedy);
}

type DraftTaint = NonNullable<NonNullable<Holey<RawMachine>['taints']>[number]>;

/** A taint as written, in its three parts; an absent effect is empty. */
export function readTaint(taint: DraftTaint): { key: string; value: string; effect: string } {
  if (typeof taint !== 'string') return { key: taint.key ?? '', value: taint.value ?? '', effect: taint.effect ?? '' };
  const [, key = '', value = '', effect = ''] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/s.exec(taint) ?? [];
  return { key, value, effect };
}

/** Taints of nodes: syntax, and each key and effect once. */
export const checkTaints: Rule = function* ({ draft, lineOf }) {
  for (const { machine, path } of eachMachine(draft)) {
    const taints = (machine.taints ?? []).flatMap((taint, index) => {
      if (taint === undefined || (typeof taint !== 'string' && (taint.key === undefined || taint.effect === undefined)))
        return [];
      const parts = readTaint(taint);
      return [{ ...parts, key: `${parts.key}:${parts.effect}`, name: parts.key, path: [...path, 'taints', index] }];
    });
    for (const { name, value, effect, path: at } of taints) {
      yield* checkTaint(name, effect, at);
      yield* checkLabelValue(value, at, 'taint');
    }
    for (const [{ key, path: at }, first] of findDuplicates(taints)) {
      yield error(
        'duplicate-taint',
        at,
        `the taint ${key.slice(0, 100)} is there twice, first on line ${lineOf(first.path)}`,
        'keep one of them',
      );
    }
  }
};

function* checkTaint(key: string, effect: string, path: Path): Generator<Finding> {
  if (!isQualifiedName(key))
    yield error('bad-taint', path, 'this is no taint', 'write key=value:Effect, such as gpu=yes:NoSchedule');
  if (TAINT_EFFECTS.some((known) => known === effect)) return;
  const near = suggest(effect, TAINT_EFFECTS);
  const remedy =
    near === undefined
      ? `end it with one of: ${TAINT_EFFECTS.map((known) => `:${known}`).join(', ')}`
      : `did you mean "${near}"?`;
  const message = effect === '' ? 'the taint has no effect' : `"${effect.slice(0, 40)}" is no effect of a taint`;
  yield error('bad-taint', path, message, remedy);
}
