import { textFile } from '../../support/files.js';
import { driveFiles } from '../drive.js';
import { ignitionConfig } from '../ignition-config.js';
import { payloadFiles } from '../payload.js';
import type { OperatingSystem } from '../types.js';

/**
 * Fedora CoreOS. Ignition everywhere: on metal by the installer, on OpenStack's platform from the drive, whose
 * `user_data` is the same document. SELinux enforces, and systemd may not run downloads below `/opt/bin`, so
 * programs live in `/usr/local/bin` (in `/var`, writable) with the label that has there; network plugins
 * stay in `/opt/cni/bin`, where every plugin's own installer puts them and only containerd runs them.
 */
export const fedoraCoreos: OperatingSystem = {
  name: 'fedora-coreos',
  title: 'Fedora CoreOS',
  loginUser: 'core',
  loginGroups: [],
  paths: {
    binDir: '/usr/local/bin',
    cniBinDir: '/opt/cni/bin',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  },
  channels: ['stable', 'testing', 'next'],
  defaultChannel: 'stable',
  architectures: ['amd64', 'arm64'],
  // Zincati reboots for updates by itself, all controllers at once perhaps.
  bringsContainerd: true,
  maskedUnits: ['docker.service', 'docker.socket', 'zincati.service'],
  networkManager: 'NetworkManager',
  timeService: 'chrony',
  render(sealed) {
    const traits = { networkManager: 'NetworkManager', kernelArguments: true } as const;
    const ignition = ignitionConfig(traits, sealed, payloadFiles(sealed));
    return [...driveFiles(sealed, ignition), textFile('config.ign', ignition, 0o600)];
  },
};
