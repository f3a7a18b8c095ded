/**
 * Fields that a later version will bring, by name. They are refused with these words rather than ignored,
 * since a cluster without the storage its file asks for is a nasty surprise.
 */
const COMING: Readonly<Record<string, string>> = {
  acme: 'certificates from an ACME issuer',
  addons: 'addons',
  audit: 'audit logging',
  autoscaling: 'autoscaling',
  backup: 'backups',
  backups: 'backups',
  bmc: 'power control through a BMC',
  bond: 'bonded interfaces',
  bonds: 'bonded interfaces',
  bridge: 'bridges',
  bridges: 'bridges',
  cni: 'a choice of network plugin',
  disks: 'disk layouts',
  dualStack: 'IPv6',
  encryption: 'disk encryption',
  etcd: 'an external etcd',
  filesystems: 'disk layouts',
  firewall: 'firewall rules',
  floatingAddress: 'floating addresses',
  floatingAddresses: 'floating addresses',
  gpu: 'GPU support',
  ingress: 'a choice of ingress controller',
  interfaces: 'several interfaces',
  ipmi: 'power control through a BMC',
  ipv6: 'IPv6',
  issuer: 'certificates from an ACME issuer',
  issuers: 'certificates from an ACME issuer',
  kernelArguments: 'kernel arguments',
  kubelet: 'kubelet settings',
  loadBalancer: 'load balancers',
  loadBalancers: 'load balancers',
  monitoring: 'monitoring',
  oidc: 'OpenID Connect',
  partitions: 'disk layouts',
  raid: 'RAID',
  routes: 'static routes',
  secureBoot: 'secure boot',
  storage: 'storage',
  swap: 'swap',
  sysctls: 'kernel parameters',
  tls: 'TLS for domains',
  updates: 'coordinated updates',
  users: 'more login users',
  vip: 'floating addresses',
  vlan: 'VLANs',
  vlans: 'VLANs',
  vpn: 'WireGuard',
  wireguard: 'WireGuard',
};

/** What people call our fields elsewhere. */
const SYNONYMS: Readonly<Record<string, string>> = {
  address: 'ip',
  apiserver: 'endpoint',
  architecture: 'arch',
  channel: 'os',
  clustername: 'name',
  controlplaneendpoint: 'endpoint',
  disk: 'installDisk',
  hostname: 'name',
  hosts: 'machines',
  ipaddress: 'ip',
  kubernetesversion: 'kubernetes',
  macaddress: 'mac',
  nodes: 'machines',
  operatingsystem: 'os',
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
  version: 'kubernetes',
};

/** What a coming field is about, or undefined when the name is none. */
export function comingFeature(field: string): string | undefined {
  return Object.hasOwn(COMING, field) ? COMING[field] : undefined;
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
