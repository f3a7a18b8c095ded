import { inputError } from '../support/problem.js';
import { type Bundle, bundleFault, orderBundle } from './bundle.js';
import type { ComponentVersions } from './types.js';
import { COMPONENTS } from './types.js';

/**
 * `ironkeel.lock`: what the last `build` decided, kept beside `cluster.yaml` and under version control. It
 * holds no secret.
 */
export interface Lock {
  readonly version: 1;
  /** UUID, the same as in the secrets. */
  readonly clusterId: string;
  /** Kubernetes version. */
  readonly kubernetes: string;
  readonly components: ComponentVersions;
  /** By machine name. */
  readonly machines: Readonly<Record<string, LockedMachine>>;
  /** What machines install in place of the catalogue's checksums, and the images they keep. */
  readonly bundle?: Bundle | undefined;
  /** The cluster that came up from this folder; undefined until that was seen. */
  readonly bringUp?: BringUp | undefined;
}

/** How the running cluster is told from one that was begun anew. */
export interface BringUp {
  /** UID of the namespace `kube-system`, a UUID. */
  readonly kubeSystemUid: string;
}

export interface LockedMachine {
  /** Counts from 1 and never goes down. */
  readonly generation: number;
  /** SHA-256 (hex) of the configuration, the generation left out. */
  readonly digest: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const REMEDY =
  'Restore ironkeel.lock from version control. Without it the generations start anew, and machines ignore what is older than what they run.';

/** The lock as text: keys in a fixed order, machines by name, so that equal locks are equal bytes. */
export function serialiseLock(lock: Lock): string {
  const { version, clusterId, kubernetes } = lock;
  const bundle = lock.bundle && orderBundle(lock.bundle);
  const bringUp = lock.bringUp && { kubeSystemUid: lock.bringUp.kubeSystemUid };
  const components = Object.fromEntries(COMPONENTS.map((name) => [name, lock.components[name]]));
  const machines = Object.fromEntries(
    Object.entries(lock.machines)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { generation, digest }]) => [name, { generation, digest }]),
  );
  const ordered = { version, clusterId, kubernetes, components, machines, bringUp, bundle };
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

/**
 * Reads a lock.
 * @param file named in the error.
 * @throws InputError when the text is no lock, with the remedy.
 */
export function parseLock(text: string, file = 'ironkeel.lock'): Lock {
  const value = parseJson(text, file);
  const wrong = isRecord(value) ? firstFault(value) : 'is not an object';
  if (wrong !== undefined) throw inputError('corrupt-lock', `${file}: ${wrong}`, REMEDY);
  return value as unknown as Lock;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw inputError('corrupt-lock', `${file} is not JSON: it was cut short or edited`, REMEDY);
  }
}

function firstFault(lock: Record<string, unknown>): string | undefined {
  if (lock.version !== 1) return 'its version is not 1: it was written by another version of Ironkeel';
  if (!matches(lock.clusterId, UUID)) return 'its clusterId is not a UUID';
  if (typeof lock.kubernetes !== 'string') return 'it names no Kubernetes version';
  const { components, machines } = lock;
  if (!isRecord(components) || !COMPONENTS.every((name) => typeof components[name] === 'string')) {
    return 'its components are incomplete';
  }
  if (!isRecord(machines)) return 'its machines are missing';
  const extra = optionalFault(lock);
  if (extra !== undefined) return extra;
  const bad = Object.entries(machines).find(([, machine]) => !isLockedMachine(machine));
  return bad === undefined ? undefined : `machine ${bad[0]} has no generation and digest`;
}

function optionalFault({ bundle, bringUp }: Record<string, unknown>): string | undefined {
  const wrong = bundle === undefined ? undefined : bundleFault(bundle);
  if (wrong !== undefined) return `its bundle: ${wrong}`;
  const seen = bringUp === undefined || (isRecord(bringUp) && matches(bringUp.kubeSystemUid, UUID));
  return seen ? undefined : 'its bringUp has no UID of kube-system';
}

function isLockedMachine(value: unknown): value is LockedMachine {
  if (!isRecord(value)) return false;
  const { generation, digest } = value;
  return Number.isSafeInteger(generation) && Number(generation) >= 1 && matches(digest, SHA256);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
