import { encodeIgnition, type IgnitionUnit } from '../formats/ignition.js';
import type { HostUnit, SealedConfig } from '../plan/types.js';
import { hostFile } from './host-file.js';
import { networkFile } from './network.js';
import { type EncodedFile, encodeFile } from './payload.js';
import type { OperatingSystem } from './types.js';

type IgnitionTraits = Pick<OperatingSystem, 'networkManager'> & {
  /** Whether the system's Ignition changes the boot loader's kernel arguments. */
  readonly kernelArguments: boolean;
};

/**
 * The Ignition document of a machine. Ignition runs once, so it may also place the hostname, the static
 * address and the masks at their final place: they hold from the first second, before adoption.
 */
export function ignitionConfig(system: IgnitionTraits, sealed: SealedConfig, payload: readonly EncodedFile[]): string {
  const { config, bootUnits } = sealed;
  const masked = config.units.filter(({ state }) => state === 'masked');
  const early = [hostFile('/etc/hostname', `${config.hostname}\n`)];
  if (config.network !== undefined) early.push(networkFile(system, config.network));
  return encodeIgnition({
    users: config.users.map(({ name, groups, sshKeys }) => ({ name, groups, sshAuthorizedKeys: sshKeys })),
    directories: [],
    files: [...early.map(encodeFile), ...payload],
    links: [],
    units: [...bootUnits, ...masked].map(ignitionUnit),
    kernelArguments: system.kernelArguments ? config.kernelArguments : [],
  });
}

function ignitionUnit({ name, content, dropIns, state }: HostUnit): IgnitionUnit {
  const parts = dropIns.map((dropIn) => ({ name: dropIn.name, contents: dropIn.content }));
  return state === 'masked'
    ? { name, mask: true, dropIns: parts }
    : { name, enabled: state === 'enabled', contents: content, dropIns: parts };
}
