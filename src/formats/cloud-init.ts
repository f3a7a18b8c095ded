import type { Base64 } from './base64.js';
import { encodeYaml, type YamlValue } from './yaml.js';

/** What Ironkeel uses of cloud-init's `#cloud-config` (cloudinit.readthedocs.io, 22.4 and later). */
export interface CloudInitConfig {
  /** A single label, or a whole domain name. */
  readonly hostname: string;
  readonly users: readonly CloudInitUser[];
  /** Written in this order, for root: most accounts do not exist yet. */
  readonly files: readonly CloudInitFile[];
  /** One list of arguments each, run once, last, without a shell. */
  readonly commands: readonly (readonly string[])[];
}

export interface CloudInitUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly sshKeys: readonly string[];
  /** A rule for sudoers. */
  readonly sudo?: string | undefined;
  readonly shell?: string | undefined;
}

export interface CloudInitFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Base64;
}

/**
 * Encodes the document. SSH host keys are left as they are (Ironkeel's come with the payload), password
 * logins stay off. cloud-init would cut a hostname at its first dot unless told to prefer the whole of it.
 */
export function encodeCloudInit(config: CloudInitConfig): string {
  const { hostname } = config;
  const document = {
    hostname,
    ...(hostname.includes('.') ? { fqdn: hostname, prefer_fqdn_over_hostname: true } : {}),
    preserve_hostname: false,
    manage_etc_hosts: 'localhost',
    ssh_deletekeys: false,
    ssh_pwauth: false,
    disable_root: true,
    users: config.users.map(userEntry),
    write_files: config.files.map(fileEntry),
    runcmd: config.commands,
  };
  return `#cloud-config\n${encodeYaml(document)}`;
}

function userEntry({ name, groups, sshKeys, sudo, shell }: CloudInitUser): YamlValue {
  return {
    name,
    // A text, as every version takes it; a list is newer.
    groups: groups.length > 0 ? groups.join(', ') : undefined,
    sudo,
    shell,
    lock_passwd: true,
    ssh_authorized_keys: sshKeys,
  };
}

/** cloud-init looks owners up by name, numbers too, and stops at one it does not find: root is always there. */
function fileEntry({ path, mode, content }: CloudInitFile): YamlValue {
  return {
    path,
    owner: 'root:root',
    permissions: mode.toString(8).padStart(4, '0'),
    encoding: 'b64',
    content,
  };
}
