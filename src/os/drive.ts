import { createHash } from 'node:crypto';
import { encodeMetadata, encodeNetworkData } from '../formats/config-drive.js';
import type { SealedConfig } from '../plan/types.js';
import { type FileTree, textFile } from '../support/files.js';

const FOLDER = 'cloud-config/openstack/latest';

/** The files of a config drive around one `user_data`, relative to the machine's node folder. */
export function driveFiles(sealed: SealedConfig, userData: string): FileTree {
  const { config, generation, digest } = sealed;
  const metadata = encodeMetadata({
    uuid: instanceId(config.clusterId, config.machine),
    hostname: config.hostname,
    meta: { 'ironkeel-generation': String(generation), 'ironkeel-digest': digest },
  });
  return [
    textFile(`${FOLDER}/user_data`, userData, 0o600),
    textFile(`${FOLDER}/meta_data.json`, metadata),
    ...networkData(sealed),
  ];
}

/** cloud-init finds an interface by its MAC alone, and a file that names none would stop it: no MAC, no file. */
function networkData({ config: { network } }: SealedConfig): FileTree {
  if (network?.mac === undefined) return [];
  return [textFile(`${FOLDER}/network_data.json`, encodeNetworkData({ ...network, mac: network.mac }))];
}

/**
 * A UUID (RFC 9562, version 8) that is a machine's for as long as it belongs to the cluster, so that a new
 * generation does not make cloud-init start over.
 */
export function instanceId(clusterId: string, machine: string): string {
  const hash = createHash('sha256').update(`ironkeel\0${clusterId}\0${machine}`).digest();
  hash.writeUInt8(((hash[6] ?? 0) & 0x0f) | 0x80, 6);
  hash.writeUInt8(((hash[8] ?? 0) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
