import { encodeCloudInit } from '../formats/cloud-init.js';
import type { HostFile, LoginUser, SealedConfig } from '../plan/types.js';
import { unitFiles } from './host-file.js';
import { networkFile } from './network.js';
import { encodeFile, payloadFiles } from './payload.js';
import type { OperatingSystem } from './types.js';

/**
 * The `user_data` of a machine that cloud-init sets up, once. It starts adoption without waiting: cloud-init's
 * last stage is part of the boot that adoption is ordered in.
 */
export function cloudInitConfig(system: Pick<OperatingSystem, 'networkManager'>, sealed: SealedConfig): string {
  const { config, bootUnits } = sealed;
  const early = firstNetwork(system, sealed);
  const enabled = bootUnits.filter(({ state }) => state === 'enabled').map(({ name }) => name);
  return encodeCloudInit({
    hostname: config.hostname,
    users: config.users.map(cloudInitUser),
    files: [...[...early, ...bootUnits.flatMap(unitFiles)].map(encodeFile), ...payloadFiles(sealed)],
    commands: [
      ...(early.length > 0 ? [['networkctl', 'reload']] : []),
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', ...enabled],
      ['systemctl', 'start', '--no-block', ...enabled],
    ],
  });
}

/** A static address without a MAC cannot go into `network_data.json`; systemd-networkd finds the interface itself. */
function firstNetwork(
  system: Pick<OperatingSystem, 'networkManager'>,
  { config: { network } }: SealedConfig,
): HostFile[] {
  return network === undefined || network.mac !== undefined ? [] : [networkFile(system, network)];
}

function cloudInitUser({ name, groups, sshKeys }: LoginUser) {
  return { name, groups, sshKeys, sudo: 'ALL=(ALL) NOPASSWD:ALL', shell: '/bin/bash' };
}
