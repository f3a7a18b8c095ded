import { textFile } from '../../support/files.js';
import { driveFiles } from '../drive.js';
import { ignitionConfig } from '../ignition-config.js';
import { payloadFiles } from '../payload.js';
import type { OperatingSystem } from '../types.js';
import { userData } from './user-data.js';

/**
 * Flatcar Container Linux. `/usr` is read-only, `/opt` and `/var` are not. A virtual machine takes the config
 * drive by itself, metal with `flatcar.configdrive=1`; PXE, `flatcar-install -i` and guestinfo take Ignition.
 */
export const flatcar: OperatingSystem = {
  name: 'flatcar',
  title: 'Flatcar Container Linux',
  loginUser: 'core',
  loginGroups: [],
  paths: {
    binDir: '/opt/bin',
    cniBinDir: '/opt/cni/bin',
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  },
  channels: ['stable', 'beta', 'alpha', 'lts'],
  defaultChannel: 'stable',
  architectures: ['amd64', 'arm64'],
  bringsContainerd: true,
  // update-engine goes on downloading updates; locksmith would reboot for them, all controllers at once perhaps.
  maskedUnits: ['docker.service', 'docker.socket', 'locksmithd.service'],
  networkManager: 'networkd',
  timeService: 'timesyncd',
  fatRefusal: 'Flatcar mounts a FAT drive so that every account can read it, private keys included',
  render(sealed) {
    const payload = payloadFiles(sealed);
    const ignition = ignitionConfig({ networkManager: 'networkd', kernelArguments: false }, sealed, payload);
    return [...driveFiles(sealed, userData(sealed, payload)), textFile('config.ign', ignition, 0o600)];
  },
};
