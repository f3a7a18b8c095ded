import { cloudInitConfig } from '../cloud-init-config.js';
import { driveFiles } from '../drive.js';
import type { OperatingSystem } from '../types.js';

/** Ubuntu Server, LTS releases: cloud-init, netplan and systemd-networkd. */
export const ubuntu: OperatingSystem = {
  name: 'ubuntu',
  title: 'Ubuntu Server',
  loginUser: 'ubuntu',
  loginGroups: ['adm', 'sudo', 'systemd-journal'],
  paths: {
    binDir: '/usr/local/bin',
    cniBinDir: '/opt/cni/bin',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  },
  channels: ['24.04', '22.04'],
  defaultChannel: '24.04',
  architectures: ['amd64', 'arm64'],
  bringsContainerd: false,
  maskedUnits: ['docker.service', 'docker.socket', 'unattended-upgrades.service'],
  networkManager: 'networkd',
  timeService: 'timesyncd',
  render: (sealed) => driveFiles(sealed, cloudInitConfig({ networkManager: 'networkd' }, sealed)),
};
