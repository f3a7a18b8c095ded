import { encodeKeyfile } from '../formats/keyfile.js';
import { encodeUnit } from '../formats/systemd.js';
import type { StaticNetwork } from '../inventory/types.js';
import type { HostFile } from '../plan/types.js';
import { hostFile } from './host-file.js';
import type { OperatingSystem } from './types.js';

type NetworkTraits = Pick<OperatingSystem, 'networkManager' | 'timeService'>;

/** The interfaces that pod networks make. They are the network plugin's alone: no DHCP, no addresses of ours. */
const POD_INTERFACES = [
  'cali*',
  'cilium*',
  'cni*',
  'flannel*',
  'kube-*',
  'lxc*',
  'tunl*',
  'veth*',
  'vxlan*',
  'wireguard*',
];

/**
 * What a machine's network manager and time service need to know, as files of its payload: the static
 * address where there is one, pod networks left alone, and the time servers of the inventory.
 */
export function systemFiles(
  system: NetworkTraits,
  network: StaticNetwork | undefined,
  ntp: readonly string[],
): readonly HostFile[] {
  return [
    ...(network === undefined ? [] : [networkFile(system, network)]),
    ...podNetworkFiles(system),
    ...timeFiles(system, ntp),
  ];
}

/** The file that gives the machine its static address. */
export function networkFile(system: Pick<OperatingSystem, 'networkManager'>, network: StaticNetwork): HostFile {
  return system.networkManager === 'networkd'
    ? hostFile('/etc/systemd/network/10-ironkeel.network', networkdUnit(network))
    : hostFile('/etc/NetworkManager/system-connections/ironkeel.nmconnection', connectionKeyfile(network), 0o600);
}

/** The address in systemd.network(5). Without a MAC every Ethernet interface that is no virtual one fits. */
export function networkdUnit({ mac, address, gateway, dns, mtu }: StaticNetwork): string {
  return encodeUnit({
    Match: mac === undefined ? { Type: 'ether', Kind: '!*' } : { Type: 'ether', MACAddress: mac },
    ...(mtu === undefined ? {} : { Link: { MTUBytes: mtu } }),
    Network: { DHCP: false, Address: address, Gateway: gateway, DNS: dns },
  });
}

function connectionKeyfile({ mac, address, gateway, dns, mtu }: StaticNetwork): string {
  return encodeKeyfile({
    // A higher priority than the DHCP connection NetworkManager makes by itself.
    connection: { id: 'ironkeel', type: 'ethernet', 'autoconnect-priority': 100 },
    ethernet: { 'mac-address': mac, mtu },
    ipv4: { method: 'manual', address1: address, gateway, dns: dns.length > 0 ? dns : undefined },
    ipv6: { method: 'auto' },
  });
}

function podNetworkFiles({ networkManager }: NetworkTraits): HostFile[] {
  if (networkManager === 'NetworkManager') {
    const devices = POD_INTERFACES.map((name) => `interface-name:${name}`);
    return [
      hostFile(
        '/etc/NetworkManager/conf.d/ironkeel-pods.conf',
        encodeKeyfile({ keyfile: { 'unmanaged-devices': devices } }),
      ),
    ];
  }
  return [
    hostFile(
      '/etc/systemd/network/05-ironkeel-pods.network',
      encodeUnit({ Match: { Name: POD_INTERFACES.join(' ') }, Link: { Unmanaged: true } }),
    ),
    // networkd removes routes and rules it did not make, the network plugin's among them.
    hostFile(
      '/etc/systemd/networkd.conf.d/ironkeel.conf',
      encodeUnit({ Network: { ManageForeignRoutes: false, ManageForeignRoutingPolicyRules: false } }),
    ),
  ];
}

function timeFiles({ timeService }: NetworkTraits, ntp: readonly string[]): HostFile[] {
  if (ntp.length === 0) return [];
  if (timeService === 'timesyncd') {
    return [hostFile('/etc/systemd/timesyncd.conf.d/ironkeel.conf', encodeUnit({ Time: { NTP: ntp.join(' ') } }))];
  }
  // chrony has no folder for additions here; these are its directives on Fedora with other servers.
  const directives = [
    ...ntp.map((server) => `server ${server} iburst`),
    ...[
      'driftfile /var/lib/chrony/drift',
      'makestep 1.0 3',
      'rtcsync',
      'leapsectz right/UTC',
      'logdir /var/log/chrony',
    ],
  ];
  return [hostFile('/etc/chrony.conf', directives.map((line) => `${line}\n`).join(''))];
}
