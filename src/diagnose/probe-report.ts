import type { Instant } from '../support/clock.js';
import { type ExternalMember, readExternalEtcd } from './external-etcd.js';

/** What a machine said to `probe.sh`. */
export interface MachineReport {
  /** Its clock, whole seconds. */
  readonly time: Instant;
  readonly bootId: string;
  /** Whether the login user could look as root; without, much is unknown. */
  readonly root: boolean;
  readonly adoption: Adoption;
  /** First line of `/run/ironkeel/install-status`. */
  readonly installStatus?: string | undefined;
  readonly applyStatus?: string | undefined;
  /** Every line of the guard's reason, why etcd may not start. */
  readonly etcdStatus: readonly string[];
  /** By name without `.service`; units the machine does not have are left out. */
  readonly units: ReadonlyMap<string, UnitState>;
  /** Of the file system of `/var`, bytes. */
  readonly disk?: { readonly free: number; readonly size: number } | undefined;
  /** Last telling lines of a unit's journal, by unit. */
  readonly journals: ReadonlyMap<string, readonly string[]>;
  /** Undefined where no member is to run or etcdctl is not there yet. */
  readonly etcd?: EtcdMember | undefined;
  /** Members of an external etcd as this machine reaches them; empty where it has not asked. */
  readonly externalEtcd: readonly ExternalMember[];
}

export interface Adoption {
  readonly applied?: number | undefined;
  readonly digest?: string | undefined;
  /** An adoption that was begun and not finished. */
  readonly adopting?: number | undefined;
  /** Adopted in this boot. */
  readonly ready: boolean;
  /** Generations that were offered. */
  readonly incoming: readonly string[];
}

export interface UnitState {
  /** As systemd says: `active`, `activating`, `failed`, … */
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly restarts: number;
}

/** What `etcdctl` says of the member on this machine. */
export interface EtcdMember {
  readonly healthy: boolean;
  /** As etcdctl says it. */
  readonly error?: string | undefined;
  /** Hex identity of the cluster; undefined where the member does not answer. */
  readonly clusterId?: string | undefined;
  readonly isLeader: boolean;
  readonly hasLeader: boolean;
  readonly version?: string | undefined;
  /** Such as `memberID:1 alarm:NOSPACE`. */
  readonly alarms: readonly string[];
}

/**
 * Reads the output of `probe.sh`. Lines around it, such as a banner of the login shell, are ignored.
 * @returns undefined when it was cut short.
 */
export function parseProbe(output: string): MachineReport | undefined {
  const lines = output.split('\n');
  const from = lines.indexOf('probe 1');
  const to = lines.lastIndexOf('end 1');
  if (from < 0 || to < from) return undefined;
  const values = group(lines.slice(from, to));
  const all = (key: string) => values.get(key) ?? [];
  const first = (key: string) => all(key).find((value) => value !== '');
  return {
    time: Number(first('time')) * 1000,
    bootId: first('boot-id') ?? '',
    root: first('root') === 'yes',
    adoption: readAdoption(all('adopt'), all('incoming')),
    installStatus: first('install-status'),
    applyStatus: first('apply-status'),
    etcdStatus: all('etcd-status').filter((line) => line !== ''),
    units: readUnits(all('unit')),
    disk: readDisk(first('disk')),
    journals: readJournals(values),
    etcd: readEtcd(first('etcd-health'), first('etcd-endpoint')),
    externalEtcd: readExternalEtcd(all('etcd-external')),
  };
}

function group(lines: readonly string[]): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const at = line.indexOf(' ');
    const key = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

function readAdoption(status: readonly string[], incoming: readonly string[]): Adoption {
  const fields = new Map(status.map((line) => line.split(' ', 2) as [string, string]));
  const number = (key: string) => (/^\d+$/.test(fields.get(key) ?? '') ? Number(fields.get(key)) : undefined);
  const offered = incoming.filter((name) => /^\d+$/.test(name));
  return {
    applied: number('applied'),
    digest: fields.get('configuration'),
    adopting: number('adopting'),
    ready: fields.get('ready') === 'yes',
    incoming: offered,
  };
}

/** systemctl separates units by an empty line, the properties in an order of its own. */
function readUnits(lines: readonly string[]): ReadonlyMap<string, UnitState> {
  const blocks = lines.join('\n').split('\n\n');
  const units = blocks.map((block) => {
    const properties = new Map(block.split('\n').map((line) => line.split('=', 2) as [string, string]));
    const get = (key: string) => properties.get(key) ?? '';
    const state = {
      active: get('ActiveState'),
      sub: get('SubState'),
      result: get('Result'),
      restarts: Number(get('NRestarts')) || 0,
    };
    return { name: get('Id').replace(/\.service$/, ''), loaded: get('LoadState') !== 'not-found', state };
  });
  return new Map(units.filter(({ name, loaded }) => name !== '' && loaded).map(({ name, state }) => [name, state]));
}

function readDisk(line: string | undefined): MachineReport['disk'] {
  const [free, size] = (line ?? '').trim().split(/\s+/).map(Number);
  if (free === undefined || size === undefined || !Number.isFinite(free) || !Number.isFinite(size)) return undefined;
  return { free, size };
}

function readJournals(values: ReadonlyMap<string, string[]>): ReadonlyMap<string, readonly string[]> {
  const entries = [...values].filter(([key]) => key.startsWith('journal-'));
  return new Map(entries.map(([key, lines]) => [key.slice('journal-'.length), lines]));
}

function readEtcd(health: string | undefined, endpoint: string | undefined): EtcdMember | undefined {
  if (health === undefined) return undefined;
  const [healthy] = readJsonArray(health);
  const [member] = readJsonArray(endpoint ?? '[]');
  const status = record(member?.Status);
  const header = record(status.header);
  const leader = identity(status.leader);
  return {
    healthy: healthy?.health === true,
    error: typeof healthy?.error === 'string' ? healthy.error : undefined,
    clusterId: identity(header.cluster_id),
    isLeader: leader !== undefined && leader === identity(header.member_id),
    hasLeader: leader !== undefined,
    version: typeof status.version === 'string' ? status.version : undefined,
    // Other errors, such as a missing leader, show elsewhere.
    alarms: Array.isArray(status.errors) ? status.errors.map(String).filter((text) => text.includes('alarm:')) : [],
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The identities of etcd have 64 bits: as numbers they would be rounded, and two could look the same. */
function readJsonArray(text: string): readonly Json[] {
  try {
    const value: unknown = JSON.parse(text.replace(/("(?:cluster_id|member_id|leader)":)(\d+)/g, '$1"$2"'));
    return Array.isArray(value) ? value.map(record) : [];
  } catch {
    return [];
  }
}

function identity(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '0' ? value : undefined;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
