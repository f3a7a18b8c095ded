import type { Base64 } from './base64.js';
import { encodeYaml, type YamlValue } from './yaml.js';

/** What Ironkeel uses of coreos-cloudinit's `#cloud-config` (github.com/flatcar/coreos-cloudinit, `config/`). */
export interface CoreosCloudConfig {
  /** The program cuts it at the first dot. */
  readonly hostname: string;
  readonly users: readonly {
    readonly name: string;
    readonly groups: readonly string[];
    readonly sshKeys: readonly string[];
  }[];
  /** Written in this order, each by a rename, before any unit. */
  readonly files: readonly CoreosFile[];
  readonly units: readonly CoreosUnit[];
}

export interface CoreosFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Base64;
}

export interface CoreosUnit {
  readonly name: string;
  readonly content?: string | undefined;
  readonly dropIns: readonly { readonly name: string; readonly content: string }[];
  readonly enable?: boolean | undefined;
  readonly mask?: boolean | undefined;
  /** Below `/run`, gone with the next boot. */
  readonly runtime?: boolean | undefined;
  /** Waited for, so the unit has to return quickly. Comes again on every boot. */
  readonly command?: 'start' | 'stop' | 'restart' | undefined;
}

/**
 * Encodes the document. Keys have underscores alone: those with hyphens pass the program's validation and are
 * dropped without a word. Every file is base64, since the program replaces `$private_ipv4` and its like in the
 * whole text before it parses it.
 *
 * @throws RangeError when a mode has other than permission bits, or a unit, a user or a name holds one of the
 * substituted variables.
 */
export function encodeCoreosCloudConfig(config: CoreosCloudConfig): string {
  const head = encodeYaml({ hostname: config.hostname, users: config.users.map(userEntry) });
  const tail = encodeYaml({ coreos: { units: config.units.map(unitEntry) } });
  refuseSubstitution(head + config.files.map(({ path }) => path).join('\n') + tail);
  return `#cloud-config\n${head}${encodeYaml({ write_files: config.files.map(fileEntry) })}${tail}`;
}

function userEntry({ name, groups, sshKeys }: CoreosCloudConfig['users'][number]): YamlValue {
  return { name, groups: groups.length > 0 ? groups : undefined, ssh_authorized_keys: sshKeys };
}

function fileEntry({ path, mode, content }: CoreosFile): YamlValue {
  return { path, owner: 'root:root', permissions: permissions(mode), encoding: 'b64', content };
}

/** The program wants `^0?[0-7]{3,4}$`. */
function permissions(mode: number): string {
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) throw new RangeError(`not a file mode: ${mode}`);
  return mode.toString(8).padStart(4, '0');
}

function unitEntry({ name, content, dropIns, enable, mask, runtime, command }: CoreosUnit): YamlValue {
  const drop_ins =
    dropIns.length > 0 ? dropIns.map((dropIn) => ({ name: dropIn.name, content: dropIn.content })) : undefined;
  return { name, enable, mask, runtime, command, content, drop_ins };
}

function refuseSubstitution(text: string): void {
  const variable = /\$(?:private|public)_ipv[46]/.exec(text);
  if (variable !== null) throw new RangeError(`coreos-cloudinit would replace ${variable[0]} in a unit or a name`);
}
