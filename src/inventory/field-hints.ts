/**
 * Fields that a later version will bring, by the place they were written in or by their name alone. They are refused
 * with these words rather than ignored, since a cluster without the storage its file asks for is a nasty surprise.
 */
const COMING: Readonly<Record<string, string>> = {
  audit: 'audit logging',
  autoscaling: 'autoscaling',
  backup: 'backups',
  backups: 'backups',
  bmc: 'power control through a BMC',
  bond: 'bonded interfaces',
  bonds: 'bonded interfaces',
  bridge: 'bridges',
  bridges: 'bridges',
  disks: 'disk layouts',
  dualStack: 'IPv6',
  encryption: 'disk encryption',
  filesystems: 'disk layouts',
  gpu: 'GPU support',
  interfaces: 'several interfaces',
  ipmi: 'power control through a BMC',
  ipv6: 'IPv6',
  issuer: 'certificates from an ACME issuer',
  issuers: 'certificates from an ACME issuer',
  kernelArguments: 'kernel arguments',
  loadBalancer: 'load balancers',
  loadBalancers: 'load balancers',
  monitoring: 'monitoring',
  'network.encryption': 'encrypted traffic between machines',
  oidc: 'OpenID Connect',
  partitions: 'disk layouts',
  raid: 'RAID',
  routes: 'static routes',
  secureBoot: 'secure boot',
  storage: 'storage',
  swap: 'swap',
  sysctls: 'kernel parameters',
  updates: 'coordinated updates',
  users: 'more login users',
  vlan: 'VLANs',
  vlans: 'VLANs',
  vpn: 'WireGuard',
  wireguard: 'WireGuard',
};

/**
 * Fields that exist in another place, by the place they were written in or by their name alone, and how they are
 * written there.
 */
const PLACES: Readonly<Record<string, string>> = {
  apiServer: 'kubernetes: {apiServer: {flags: …}}',
  cni: 'network: {cni: …}',
  controllerManager: 'kubernetes: {controllerManager: {flags: …}}',
  'etcd.flags': 'kubernetes: {etcd: {flags: …}}',
  floatingAddress: 'ingress: {floatingAddress: …}',
  headlamp: 'addons: {headlamp: true}',
  external: 'etcd: {external: …}',
  kubeProxy: 'kubernetes: {kubeProxy: {config: …}}',
  kubelet: 'kubernetes: {kubelet: {config: …}}',
  'kubernetes.addons': 'addons: …',
  'kubernetes.controlPlane': 'controlPlane: …',
  'kubernetes.network': 'network: …',
  localStorage: 'addons: {localStorage: true}',
  metricsServer: 'addons: {metricsServer: true}',
  networkPolicy: 'addons: {networkPolicy: true}',
  preload: 'images: {preload: …}',
  schedulable: 'controlPlane: {schedulable: true}',
  scheduler: 'kubernetes: {scheduler: {flags: …}}',
};

/** How a field is written that stands where it does not belong, or undefined when there is none of the name. */
export function placeOfField(parent: string, field: string): string | undefined {
  return lookUp(PLACES, parent, field);
}

/** What is said of a field in this place, else of one with its name anywhere. */
function lookUp(table: Readonly<Record<string, string>>, parent: string, field: string): string | undefined {
  const here = parent === '' ? field : `${parent}.${field}`;
  return [here, field].flatMap((name) => (Object.hasOwn(table, name) ? table[name] : undefined) ?? [])[0];
}

/** Values that a later version may bring, by field and value in lower case, and what to write until then. */
const COMING_VALUES: Readonly<
  Record<string, { readonly names: Readonly<Record<string, string>>; readonly remedy: string }>
> = {
  cni: {
    names: {
      antrea: 'Antrea',
      calico: 'Calico',
      canal: 'Canal',
      cilium: 'Cilium',
      kindnet: 'kindnet',
      'kube-router': 'kube-router',
      multus: 'Multus',
      weave: 'Weave Net',
    },
    remedy: 'write cni: none and install it yourself once the machines run, or remove the field for flannel',
  },
  controller: {
    names: {
      contour: 'Contour',
      envoy: 'Envoy Gateway',
      f5: 'F5’s NGINX Ingress Controller',
      haproxy: 'HAProxy’s ingress controller',
      kong: 'Kong',
      nginx: 'F5’s NGINX Ingress Controller',
      'nginx-ingress': 'F5’s NGINX Ingress Controller',
    },
    remedy: 'write controller: none and install it yourself once the machines run, or remove the field for Traefik',
  },
};

/** Values that no version will bring, by field and value in lower case: why, and what to do instead. */
const RETIRED = {
  message: 'the Kubernetes community’s ingress-nginx was retired in March 2026: nobody repairs its security holes',
  remedy:
    'remove the field for Traefik; Ingresses keep their hosts, paths and TLS, while annotations nginx.ingress.kubernetes.io/… need another form (docs/guide/domain.md)',
};
const RETIRED_VALUES: Readonly<Record<string, Readonly<Record<string, typeof RETIRED>>>> = {
  controller: { 'ingress-nginx': RETIRED, community: RETIRED, 'kubernetes/ingress-nginx': RETIRED },
};

/** Why a value that others offer is not to be had, or undefined when the value is none of these. */
export function retiredValue(
  field: string,
  value: string,
): { readonly message: string; readonly remedy: string } | undefined {
  const values = (Object.hasOwn(RETIRED_VALUES, field) ? RETIRED_VALUES[field] : undefined) ?? {};
  const folded = value.toLowerCase();
  return Object.hasOwn(values, folded) ? values[folded] : undefined;
}

/** The product a value of a field stands for, where it is known and not supported yet, with what to do. */
export function comingValue(
  field: string,
  value: string,
): { readonly name: string; readonly remedy: string } | undefined {
  const { names, remedy } = (Object.hasOwn(COMING_VALUES, field) ? COMING_VALUES[field] : undefined) ?? {};
  const folded = value.toLowerCase();
  const name = names !== undefined && Object.hasOwn(names, folded) ? names[folded] : undefined;
  return name === undefined || remedy === undefined ? undefined : { name, remedy };
}

/** What people call our fields elsewhere. */
const SYNONYMS: Readonly<Record<string, string>> = {
  address: 'ip',
  apiserver: 'endpoint',
  architecture: 'arch',
  args: 'flags',
  ca: 'caFile',
  cacert: 'caFile',
  cert: 'certFile',
  channel: 'os',
  checksum: 'sha256',
  clustername: 'name',
  config: 'flags',
  configuration: 'config',
  controlplaneendpoint: 'endpoint',
  dashboard: 'headlamp',
  disk: 'installDisk',
  extraargs: 'flags',
  file: 'source',
  flags: 'config',
  hostname: 'name',
  hosts: 'machines',
  ipaddress: 'ip',
  key: 'keyFile',
  kubernetesversion: 'kubernetes',
  localpath: 'localStorage',
  macaddress: 'mac',
  networkplugin: 'cni',
  networkpolicies: 'networkPolicy',
  nodes: 'machines',
  plugin: 'cni',
  operatingsystem: 'os',
  path: 'source',
  permissions: 'mode',
  podcidr: 'pods',
  podrange: 'network',
  podsubnet: 'pods',
  proxies: 'proxy',
  publicip: 'publicAddress',
  servers: 'machines',
  servicecidr: 'services',
  servicerange: 'network',
  servicesubnet: 'services',
  sshauthorizedkeys: 'sshKeys',
  sshkey: 'sshKeys',
  timeservers: 'ntp',
  type: 'role',
  url: 'source',
  urls: 'endpoints',
  version: 'kubernetes',
};

/** What a coming field is about, or undefined when the name is none. */
export function comingFeature(parent: string, field: string): string | undefined {
  return lookUp(COMING, parent, field);
}

/** Our name for a field that is called otherwise elsewhere, when it belongs to `fields`. */
export function synonymOf(field: string, fields: readonly string[]): string | undefined {
  const folded = field.toLowerCase().replace(/[-_]/g, '');
  const ours = Object.hasOwn(SYNONYMS, folded) ? SYNONYMS[folded] : undefined;
  return ours !== undefined && fields.includes(ours) ? ours : undefined;
}

/** Other words for the values of enumerations. */
const VALUE_SYNONYMS: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  'control-plane': 'controller',
  controlplane: 'controller',
  coreos: 'fedora-coreos',
  ec: 'ec-p256',
  ecdsa: 'ec-p256',
  fcos: 'fedora-coreos',
  hostname: 'machine',
  ingress: 'edge',
  letsencrypt: 'acme',
  master: 'controller',
  name: 'machine',
  node: 'worker',
  router: 'edge',
  rsa: 'rsa-2048',
  x86_64: 'amd64',
  x64: 'amd64',
};

/** Our word for a value that is called otherwise elsewhere, when it belongs to `values`. */
export function valueSynonymOf(value: string, values: readonly string[]): string | undefined {
  const folded = value.toLowerCase();
  const ours = Object.hasOwn(VALUE_SYNONYMS, folded) ? VALUE_SYNONYMS[folded] : undefined;
  return ours !== undefined && values.includes(ours) ? ours : undefined;
}
