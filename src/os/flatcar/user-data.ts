import { type CoreosUnit, encodeCoreosCloudConfig } from '../../formats/coreos-cloudinit.js';
import type { HostUnit, SealedConfig } from '../../plan/types.js';
import { networkdUnit } from '../network.js';
import type { EncodedFile } from '../payload.js';

/**
 * The `#cloud-config` of a drive. coreos-cloudinit applies it again on every boot with the drive attached, so
 * it holds nothing that a later generation may have to change: no masks, and the address only below `/run`,
 * under a name that the adopted configuration's file goes before.
 */
export function userData(sealed: SealedConfig, payload: readonly EncodedFile[]): string {
  const { config, bootUnits } = sealed;
  return encodeCoreosCloudConfig({
    hostname: config.hostname,
    users: config.users,
    files: payload,
    units: [...firstNetwork(config.network), ...bootUnits.map(bootUnit)],
  });
}

function firstNetwork(network: SealedConfig['config']['network']): CoreosUnit[] {
  if (network === undefined) return [];
  return [{ name: '90-ironkeel-first-boot.network', runtime: true, content: networkdUnit(network), dropIns: [] }];
}

/** Adoption returns at once when it finds nothing new, so waiting for it is no delay. */
function bootUnit({ name, content, dropIns, state }: HostUnit): CoreosUnit {
  return { name, content, dropIns, enable: state === 'enabled', command: state === 'enabled' ? 'start' : undefined };
}
