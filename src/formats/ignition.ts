import type { Base64 } from './base64.js';
import { DataUrl, encodeJson, type JsonValue } from './json.js';

/** What Ironkeel uses of an Ignition configuration, specification 3.3.0. */
export interface IgnitionDocument {
  readonly users: readonly IgnitionUser[];
  readonly directories: readonly IgnitionDirectory[];
  readonly files: readonly IgnitionFile[];
  readonly links: readonly IgnitionLink[];
  readonly units: readonly IgnitionUnit[];
  /** Kernel arguments that have to be there; only systems that support them may be given any. */
  readonly kernelArguments: readonly string[];
}

export interface IgnitionUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly sshAuthorizedKeys: readonly string[];
}

export interface IgnitionDirectory {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface IgnitionFile extends IgnitionDirectory {
  readonly content: Base64;
}

export interface IgnitionLink {
  readonly path: string;
  readonly target: string;
}

export interface IgnitionUnit {
  readonly name: string;
  readonly contents?: string | undefined;
  readonly dropIns: readonly { readonly name: string; readonly contents: string }[];
  /** Written as a preset; undefined leaves the vendor's. */
  readonly enabled?: boolean | undefined;
  readonly mask?: boolean | undefined;
}

/**
 * Encodes the document as JSON. 3.3.0 is the newest specification that every supported release and Debian's
 * validator accept. Files and links overwrite what is there, since Ignition stops at an existing path
 * otherwise; modes are decimal, as the specification has them.
 *
 * @throws RangeError when a path, a unit, a drop-in or a user comes twice, or a path is not absolute.
 */
export function encodeIgnition(document: IgnitionDocument): string {
  const { users, directories, files, links, units, kernelArguments } = document;
  checkPaths([...directories, ...files, ...links].map(({ path }) => path));
  refuseDuplicates(
    'user',
    users.map(({ name }) => name),
  );
  refuseDuplicates(
    'unit',
    units.map(({ name }) => name),
  );
  return encodeJson({
    ignition: { version: '3.3.0' },
    kernelArguments: kernelArguments.length > 0 ? { shouldExist: kernelArguments } : undefined,
    passwd: section('users', users.map(userEntry)),
    storage: {
      ...section('directories', directories.map(nodeEntry)),
      ...section('files', files.map(fileEntry)),
      ...section(
        'links',
        links.map(({ path, target }) => ({ path, target, overwrite: true })),
      ),
    },
    systemd: section('units', units.map(unitEntry)),
  });
}

/** Ignition takes empty lists, but an absent one says the same in fewer words. */
function section(name: string, items: readonly JsonValue[]): { readonly [key: string]: JsonValue } | undefined {
  return items.length > 0 ? { [name]: items } : undefined;
}

function userEntry({ name, groups, sshAuthorizedKeys }: IgnitionUser) {
  return {
    name,
    groups: groups.length > 0 ? groups : undefined,
    sshAuthorizedKeys: sshAuthorizedKeys.length > 0 ? sshAuthorizedKeys : undefined,
  };
}

function nodeEntry({ path, mode, uid, gid }: IgnitionDirectory) {
  return { path, mode, user: { id: uid }, group: { id: gid } };
}

function fileEntry(file: IgnitionFile) {
  const { path, mode, uid, gid } = file;
  return {
    path,
    mode,
    user: { id: uid },
    group: { id: gid },
    overwrite: true,
    contents: { source: new DataUrl(file.content) },
  };
}

function unitEntry({ name, contents, dropIns, enabled, mask }: IgnitionUnit) {
  refuseDuplicates(
    `drop-in of ${name}`,
    dropIns.map((dropIn) => dropIn.name),
  );
  const dropins =
    dropIns.length > 0 ? dropIns.map((dropIn) => ({ name: dropIn.name, contents: dropIn.contents })) : undefined;
  return { name, enabled, mask, contents, dropins };
}

function checkPaths(paths: readonly string[]): void {
  refuseDuplicates('path', paths);
  for (const path of paths) {
    if (!path.startsWith('/') || path.endsWith('/')) throw new RangeError(`not an absolute path: ${path}`);
  }
}

function refuseDuplicates(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new RangeError(`an Ignition document has the ${what} twice: ${name}`);
    seen.add(name);
  }
}
