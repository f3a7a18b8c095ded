import type { InventoryContext } from './context.js';
import { parseRange } from './ip.js';
import { type PemKind, pemText, readPem } from './pem.js';
import type { RawCluster } from './schema.js';
import { CLUSTER_SETTINGS } from './settings.js';
import type { RawFlagValue } from './settings-schema.js';
import { type Cluster, COMPONENT_NAMES, type ComponentSetting, type ComponentSettings, ROLES } from './types.js';

type Settings = Pick<Cluster, keyof typeof CLUSTER_SETTINGS>;

/** What the file says about the cluster's software, every default filled in. */
export function toSettings(raw: RawCluster, context: InventoryContext): Settings {
  const cni = raw.network?.cni ?? CLUSTER_SETTINGS.cni;
  return {
    components: toComponents(raw.kubernetes),
    cni,
    schedulableControllers: raw.controlPlane?.schedulable ?? onlyControllers(raw),
    etcd: { external: raw.etcd?.external && toExternalEtcd(raw.etcd.external, context) },
    addons: toAddons(raw.addons, cni),
    firewall: toFirewall(raw.firewall),
    ingress: toIngress(raw),
    preload: (raw.images?.preload ?? []).map(({ source, sha256, roles }) => ({
      source,
      sha256: sha256.toLowerCase(),
      roles: [...new Set(roles ?? ROLES)],
    })),
  };
}

/** Where nothing else could run pods, controllers do. */
function onlyControllers({ machines }: RawCluster): boolean {
  return machines.every(({ role }) => role === 'controller');
}

function toComponents(kubernetes: RawCluster['kubernetes']): ComponentSettings {
  const settings = COMPONENT_NAMES.map((name): [string, ComponentSetting] => {
    const given: { flags?: Record<string, RawFlagValue> | undefined; config?: Record<string, unknown> | undefined } =
      kubernetes?.[name] ?? {};
    return [name, { flags: toFlags(given.flags ?? {}), config: given.config ?? {} }];
  });
  return Object.fromEntries(settings) as ComponentSettings;
}

function toFlags(flags: Readonly<Record<string, RawFlagValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

type RawExternalEtcd = NonNullable<NonNullable<RawCluster['etcd']>['external']>;

function toExternalEtcd({ endpoints, caFile, certFile, keyFile }: RawExternalEtcd, context: InventoryContext) {
  const read = (file: string, kind: PemKind) => {
    const reading = context.readFile(file);
    if ('error' in reading) throw new Error(`${file} became unreadable while the inventory was read`);
    return pemText(readPem(reading.content), kind);
  };
  return { endpoints, ca: read(caFile, 'ca'), certificate: read(certFile, 'certificate'), key: read(keyFile, 'key') };
}

function toAddons(raw: RawCluster['addons'], cni: Cluster['cni']): Cluster['addons'] {
  const { metricsServer, localStorage, networkPolicy, headlamp } = CLUSTER_SETTINGS.addons;
  return {
    metricsServer: raw?.metricsServer ?? metricsServer,
    localStorage: raw?.localStorage ?? localStorage,
    networkPolicy: cni === 'flannel' && (raw?.networkPolicy ?? networkPolicy),
    headlamp: raw?.headlamp ?? headlamp,
  };
}

function toFirewall(raw: RawCluster['firewall']): Cluster['firewall'] {
  const { enabled, nodes } = CLUSTER_SETTINGS.firewall;
  return {
    enabled: raw?.enabled ?? enabled,
    nodes: [...(raw?.nodes ?? nodes)],
    ssh: raw?.ssh?.map(toSource),
    api: raw?.api?.map(toSource),
  };
}

/** Without an edge there is nowhere to serve anything. */
function toIngress({ ingress, machines }: RawCluster): Cluster['ingress'] {
  const { controller, defaultBackend, redirectToHttps } = CLUSTER_SETTINGS.ingress;
  const edges = machines.some(({ role }) => role === 'edge');
  return {
    controller: edges ? (ingress?.controller ?? controller) : 'none',
    defaultBackend: {
      image: ingress?.defaultBackend?.image,
      port: ingress?.defaultBackend?.port ?? defaultBackend.port,
    },
    redirectToHttps: ingress?.redirectToHttps ?? redirectToHttps,
    floatingAddress: ingress?.floatingAddress,
    trustedProxies: (ingress?.trustedProxies ?? []).map(toSource),
  };
}

/** A single address is the range that holds it alone. */
function toSource(text: string): string {
  return parseRange(text)?.text ?? `${text}/32`;
}
