import type { HostFile, HostUnit } from '../plan/types.js';
import { textFile } from '../support/files.js';

/** A text file that belongs to root. `path` is absolute. */
export function hostFile(path: string, text: string, mode = 0o644): HostFile {
  return { ...textFile(path, text, mode), uid: 0, gid: 0 };
}

/** A unit and its drop-ins as files, for systems whose first boot knows files alone. */
export function unitFiles({ name, content, dropIns }: HostUnit): HostFile[] {
  const path = `/etc/systemd/system/${name}`;
  const parts = dropIns.map((dropIn) => hostFile(`${path}.d/${dropIn.name}`, dropIn.content));
  return content === undefined ? parts : [hostFile(path, content), ...parts];
}
