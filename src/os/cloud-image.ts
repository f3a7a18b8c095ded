import { cloudInitConfig } from './cloud-init-config.js';
import { driveFiles } from './drive.js';
import type { OperatingSystem } from './types.js';

/** What Debian's and Ubuntu's cloud images share: cloud-init, systemd-networkd, a writable `/usr/local`. */
export const cloudImage: Omit<OperatingSystem, 'name' | 'title' | 'loginUser' | 'channels' | 'defaultChannel'> = {
  loginGroups: ['adm', 'sudo', 'systemd-journal'],
  paths: {
    binDir: '/usr/local/bin',
    cniBinDir: '/opt/cni/bin',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  },
  architectures: ['amd64', 'arm64'],
  bringsContainerd: false,
  maskedUnits: ['docker.service', 'docker.socket', 'unattended-upgrades.service'],
  networkManager: 'networkd',
  timeService: 'timesyncd',
  render: (sealed) => driveFiles(sealed, cloudInitConfig({ networkManager: 'networkd' }, sealed)),
};
