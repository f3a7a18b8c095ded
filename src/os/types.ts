import type { Architecture, OsName } from '../inventory/types.js';
import type { HostPaths, SealedConfig } from '../plan/types.js';
import type { FileTree } from '../support/files.js';

/** One operating system: all that Ironkeel knows of it. Listed in `registry.ts`, in a folder of its own. */
export interface OperatingSystem {
  readonly name: OsName;
  readonly title: string;
  /** The account that gets the SSH keys. */
  readonly loginUser: string;
  readonly loginGroups: readonly string[];
  readonly paths: HostPaths;
  readonly channels: readonly string[];
  readonly defaultChannel: string;
  readonly architectures: readonly Architecture[];
  /** Whether containerd and runc are part of the OS; `install.sh` fetches them otherwise. */
  readonly bringsContainerd: boolean;
  /** Units of the OS that would get in our way, such as automatic reboots: masked. */
  readonly maskedUnits: readonly string[];
  /** What holds the interfaces' configuration. */
  readonly networkManager: 'networkd' | 'NetworkManager';
  /** Which service takes the inventory's time servers. */
  readonly timeService: 'timesyncd' | 'chrony';
  /** Why a FAT drive is refused, or undefined when it may be used. */
  readonly fatRefusal?: string | undefined;
  /**
   * The documents of one machine, relative to its node folder: `cloud-config/openstack/latest/user_data`,
   * `…/meta_data.json`, `…/network_data.json`, and `config.ign` where the OS takes Ignition. Pure.
   */
  render(sealed: SealedConfig): FileTree;
}
