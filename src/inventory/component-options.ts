import { existsSync, readFileSync } from 'node:fs';
import type { ComponentName } from './types.js';

/** Types of flags and fields in `data/flags/`; a `repeated` flag is given once for each value. */
export type OptionType =
  | 'bool'
  | 'int'
  | 'float'
  | 'duration'
  | 'ip'
  | 'string'
  | 'list'
  | 'map'
  | 'object'
  | 'repeated';

/** Name → type of what each component takes: flags, or the first level of its configuration's fields. */
export type KnownOptions = Readonly<Partial<Record<ComponentName, Readonly<Record<string, OptionType>>>>>;

/** The line of etcd that every Kubernetes minor of the catalogue is run with. */
const ETCD_LINE = '3.6';

// The same relative place from `src/inventory/` and from `dist/inventory/`.
const FOLDER = new URL('../../data/flags/', import.meta.url);
const loaded = new Map<string, KnownOptions>();

/**
 * What `data/flags/` knows of a Kubernetes version's minor; `tools/refresh-flags.mjs` fills it from the programs.
 * A component is missing where its options are not on record.
 */
export function readComponentOptions(kubernetesVersion: string): KnownOptions {
  const [, minor] = /^(\d+\.\d+)\./.exec(kubernetesVersion) ?? [];
  return minor === undefined ? {} : { ...readOptions(`kubernetes-${minor}`), ...readOptions(`etcd-${ETCD_LINE}`) };
}

/** Each file once, at first use: an inventory without settings of its own pays nothing. */
function readOptions(name: string): KnownOptions {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const file = new URL(`${name}.json`, FOLDER);
  const { components } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { components: KnownOptions })
    : { components: {} };
  loaded.set(name, components);
  return components;
}
