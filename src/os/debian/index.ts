import { cloudInitConfig } from '../cloud-init-config.js';
import { driveFiles } from '../drive.js';
import type { OperatingSystem } from '../types.js';

/** Debian's cloud images (`generic`, `genericcloud`): cloud-init, netplan and systemd-networkd. */
export const debian: OperatingSystem = {
  name: 'debian',
  title: 'Debian',
  loginUser: 'debian',
  loginGroups: ['adm', 'sudo', 'systemd-journal'],
  paths: {
    binDir: '/usr/local/bin',
    cniBinDir: '/opt/cni/bin',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  },
  channels: ['13', '12'],
  defaultChannel: '13',
  architectures: ['amd64', 'arm64'],
  bringsContainerd: false,
  maskedUnits: ['docker.service', 'docker.socket', 'unattended-upgrades.service'],
  networkManager: 'networkd',
  timeService: 'timesyncd',
  render: (sealed) => driveFiles(sealed, cloudInitConfig({ networkManager: 'networkd' }, sealed)),
};
