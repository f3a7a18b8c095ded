import type { InventoryContext } from './context.js';
import { toAcme, toDomain } from './convert-domains.js';
import { toSettings } from './convert-settings.js';
import { parseRange } from './ip.js';
import { parseHostPort } from './names.js';
import { normaliseMac } from './rules/addresses.js';
import { readTaint } from './rules/labels.js';
import { readKeyFile } from './rules/ssh-keys.js';
import { DEFAULTS, defaultRenewal, type RawCluster, type RawMachine } from './schema.js';
import { findSystem, settleOs } from './systems.js';
import type { Cluster, ExtraFile, ExtraUnit, Machine, StaticNetwork, Taint } from './types.js';

/** The user's file, found free of errors, as the rest of Ironkeel wants it: every default filled in, every text canonical. */
export function toCluster(raw: RawCluster, context: InventoryContext): Cluster {
  const machines = raw.machines.map((machine) => toMachine(machine, raw, context));
  const edges = machines.filter(({ role }) => role === 'edge').map(({ name }) => name);
  return {
    name: raw.name,
    kubernetes: { version: raw.kubernetes?.version ?? context.defaultKubernetesVersion },
    ...toSettings(raw, context),
    endpoint: toEndpoint(raw.endpoint, machines),
    sshKeys: toSshKeys(raw, context),
    podRange: toRange(raw.network?.pods ?? DEFAULTS.podRange),
    serviceRange: toRange(raw.network?.services ?? DEFAULTS.serviceRange),
    clusterDomain: raw.network?.clusterDomain ?? DEFAULTS.clusterDomain,
    domains: (raw.domains ?? []).map((domain) => toDomain(domain, edges)),
    acme: raw.acme && toAcme(raw.acme, context),
    nodeNames: raw.nodeNames ?? 'machine',
    proxy: raw.proxy && { http: raw.proxy.http, https: raw.proxy.https, noProxy: raw.proxy.noProxy ?? [] },
    ntp: raw.ntp ?? [],
    registries: raw.registries ?? [],
    artefactMirror: raw.artefactMirror?.replace(/\/+$/, ''),
    certificates: toCertificates(raw.certificates),
    machines,
  };
}

function toEndpoint(text: string | undefined, machines: readonly Machine[]): Cluster['endpoint'] {
  const given = parseHostPort(text ?? '');
  const host = given?.host ?? machines.find(({ role }) => role === 'controller')?.ip;
  if (host === undefined) throw new Error('an inventory without a controller’s IP passed the checks');
  return { host, port: given?.port ?? DEFAULTS.apiPort };
}

/** Keys in the order of the file, a key that is listed twice once. */
function toSshKeys(raw: RawCluster, context: InventoryContext): string[] {
  const lines = raw.sshKeys.flatMap((entry) =>
    typeof entry === 'string' ? [entry.trim()] : readKeyFile(entry.file, context),
  );
  const byKey = new Map<string, string>();
  for (const line of lines) {
    const key = line.split(/ +/, 2).join(' ');
    if (!byKey.has(key)) byKey.set(key, line);
  }
  return [...byKey.values()];
}

function toRange(text: string): string {
  return parseRange(text)?.text ?? text;
}

function toCertificates(raw: RawCluster['certificates']): Cluster['certificates'] {
  const leafLifetimeDays = raw?.leafLifetimeDays ?? DEFAULTS.leafLifetimeDays;
  return {
    keyType: raw?.keyType ?? DEFAULTS.keyType,
    caLifetimeDays: raw?.caLifetimeDays ?? DEFAULTS.caLifetimeDays,
    leafLifetimeDays,
    renewBeforeDays: raw?.renewBeforeDays ?? defaultRenewal(leafLifetimeDays),
  };
}

function toMachine(raw: RawMachine, cluster: RawCluster, context: InventoryContext): Machine {
  const os = settleOs(raw.os, cluster.os);
  const mac = raw.mac === undefined ? undefined : normaliseMac(raw.mac);
  const dynamic = raw.ip === undefined || raw.ip === 'dhcp';
  return {
    name: raw.name,
    role: raw.role ?? 'worker',
    ip: dynamic ? raw.network?.address.split('/')[0] : raw.ip,
    publicAddress: raw.publicAddress,
    mac,
    architecture: raw.arch ?? 'amd64',
    os: os.name,
    osChannel: os.channel ?? findSystem(os.name, context)?.defaultChannel ?? '',
    installDisk: raw.installDisk,
    labels: raw.labels ?? {},
    taints: (raw.taints ?? []).map(toTaint),
    network: raw.network && toNetwork(raw.network, mac),
    files: (raw.files ?? []).map((file) => toFile(file, context)),
    units: (raw.units ?? []).map((unit) => toUnit(unit, context)),
  };
}

function toTaint(raw: NonNullable<RawMachine['taints']>[number]): Taint {
  const { key, value, effect } = readTaint(raw);
  return { key, value, effect: effect as Taint['effect'] };
}

function toNetwork(raw: NonNullable<RawMachine['network']>, mac: string | undefined): StaticNetwork {
  return { address: raw.address, gateway: raw.gateway, dns: raw.dns ?? [], mtu: raw.mtu, mac };
}

function toFile(raw: NonNullable<RawMachine['files']>[number], context: InventoryContext): ExtraFile {
  return { path: raw.path, mode: Number.parseInt(raw.mode ?? '0644', 8), content: readContent(raw, context) };
}

function toUnit(raw: NonNullable<RawMachine['units']>[number], context: InventoryContext): ExtraUnit {
  const content = new TextDecoder().decode(readContent(raw, context));
  return { name: raw.name, content, enabled: raw.enabled ?? true };
}

function readContent(
  raw: { content?: string | undefined; contentFrom?: string | undefined },
  context: InventoryContext,
): Uint8Array {
  if (raw.contentFrom === undefined) return new TextEncoder().encode(raw.content ?? '');
  const reading = context.readFile(raw.contentFrom);
  if ('error' in reading) throw new Error(`${raw.contentFrom} became unreadable while the inventory was read`);
  return reading.content;
}
