import type { HostFile, HostUnit, SealedConfig } from '../../plan/types.js';
import { hostFile, unitFiles } from '../host-file.js';
import { systemFiles } from '../network.js';
import type { OperatingSystem } from '../types.js';

const NETWORK = {
  address: '10.10.10.2/24',
  gateway: '10.10.10.254',
  dns: ['10.10.10.254', '9.9.9.9'],
  mtu: 1400,
  mac: '52:54:00:12:34:56',
};

const NETWORKS = { static: NETWORK, 'static-without-mac': { ...NETWORK, mac: undefined }, dhcp: undefined };

const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXv0lBmW7Jm0sT1s3mGZC0WnV2bqQ0L3ZJgq0b1fX9d Zoë: "admin" #1 @example.com';

// Every byte there is, and sequences that one of the consumers would replace or interpret.
const BINARY = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
const TRICKY =
  'Grüße €\n\ttab, trailing space \n$private_ipv4 $HOME %i {{ ds }} #cloud-config\r\n...\n---\nno line feed at the end';

/**
 * A configuration with everything a document has to carry, the same for every operating system. The network
 * is a static address with a known MAC unless told otherwise.
 */
export function fixtureSealed(
  system: OperatingSystem,
  addressing: 'static' | 'static-without-mac' | 'dhcp' = 'static',
): SealedConfig {
  const network = NETWORKS[addressing];
  const boot = bootUnit(system);
  const program = hostFile(adoptPath(system), '#!/usr/bin/bash\nset -eu\necho "$private_ipv4"\n', 0o755);
  const units = [boot, ...otherUnits(system)];
  const files = [...hostFiles(system, network), program, ...units.flatMap(unitFiles)];
  return {
    config: {
      machine: 'worker1',
      clusterId: '6f1c1b0e-9c1d-4c63-8a51-1d3a1c2b3e4f',
      role: 'worker',
      os: system.name,
      hostname: 'worker1.example.com',
      users: [{ name: system.loginUser, groups: system.loginGroups, sshKeys: [SSH_KEY] }],
      network,
      directories: [{ path: '/etc/kubernetes/manifests', mode: 0o700, uid: 0, gid: 0 }],
      files: hostFiles(system, network),
      links: [{ path: '/etc/localtime', target: '../usr/share/zoneinfo/UTC' }],
      units: otherUnits(system),
      sysctls: { 'net.ipv4.ip_forward': '1' },
      modules: ['br_netfilter'],
      kernelArguments: ['mitigations=auto', 'console=ttyS0,115200n8'],
    },
    generation: 7,
    digest: '0123456789abcdef'.repeat(4),
    manifest: 'ironkeel-manifest 1\ncluster 6f1c1b0e-9c1d-4c63-8a51-1d3a1c2b3e4f\nmachine worker1\ngeneration 7\n',
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    bootUnits: [boot],
  };
}

function hostFiles(system: OperatingSystem, network: SealedConfig['config']['network']): HostFile[] {
  return [
    hostFile('/etc/hostname', 'worker1.example.com\n'),
    hostFile('/etc/kubernetes/pki/kubelet.key', '-----BEGIN PRIVATE KEY-----\nnot a key\n', 0o600),
    { path: '/etc/example/binary', mode: 0o640, uid: 0, gid: 65534, content: BINARY },
    hostFile('/etc/example/empty', ''),
    hostFile('/etc/example/tricky ünicode.txt', TRICKY, 0o4755),
    ...systemFiles(system, network, ['ntp1.example.com', '192.0.2.123']),
  ];
}

function adoptPath(system: OperatingSystem): string {
  return `${system.paths.binDir}/ironkeel-adopt`;
}

function bootUnit(system: OperatingSystem): HostUnit {
  const content = `[Unit]\nDescription=Adopt\n\n[Service]\nType=oneshot\nExecStart=/usr/bin/bash ${adoptPath(system)}\n\n[Install]\nWantedBy=multi-user.target\n`;
  const dropIns = [{ name: '10-proxy.conf', content: '[Service]\nEnvironment="HTTPS_PROXY=http://proxy:3128"\n' }];
  return { name: 'ironkeel-adopt.service', content, dropIns, state: 'enabled' };
}

function otherUnits(system: OperatingSystem): HostUnit[] {
  const dropIn = { name: '20-ironkeel.conf', content: '[Service]\nRestart=always\n' };
  return [
    { name: 'containerd.service', dropIns: [dropIn], state: 'enabled' },
    ...system.maskedUnits.map((name): HostUnit => ({ name, dropIns: [], state: 'masked' })),
  ];
}
