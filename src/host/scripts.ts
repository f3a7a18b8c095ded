import { readFileSync } from 'node:fs';
import type { InstallArtefact } from '../releases/types.js';
import { inputError } from '../support/problem.js';

export type { InstallArtefact } from '../releases/types.js';

/** What `install.sh` is made from; machines that need the same programs share one. */
export interface InstallScriptInput {
  readonly artefacts: readonly InstallArtefact[];
  /** Base URL or folder that replaces scheme and host of every download: `MIRROR/HOST/PATH`. */
  readonly mirror?: string | undefined;
  readonly proxy?:
    | { readonly http?: string | undefined; readonly https?: string | undefined; readonly noProxy: readonly string[] }
    | undefined;
}

const assets = new Map<string, string>();

/** A script that lies beside this module, in `src/host/` and in `dist/host/` alike; read at first use. */
function asset(name: string): string {
  const known = assets.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  assets.set(name, text);
  return text;
}

/** The program that adopts generations on a machine; see `docs/reference/generations.md`. */
export function adoptScript(): string {
  return asset('ironkeel-adopt.sh') + asset('ironkeel-adopt-system.sh');
}

/** The program that readies what the kubelet needs before it starts; on every machine. */
export function kubeletScript(): string {
  return asset('ironkeel-kubelet.sh');
}

/** The program that decides whether a controller's member of etcd may start. */
export function etcdScript(): string {
  return asset('ironkeel-etcd.sh');
}

/** What starts keepalived in its container, on edges that share a floating address. */
export function floatingScript(): string {
  return asset('ironkeel-floating.sh');
}

/** The program that applies manifests and node labels from every controller; see `docs/guide/addons.md`. */
export function applyScript(): string {
  return asset('ironkeel-apply.sh');
}

/**
 * `install.sh`: its data in front, then a body that is the same for all. The same input gives the same bytes.
 * @throws InputError when a value cannot stand in the script, such as a URL with a space.
 */
export function renderInstallScript(input: InstallScriptInput): string {
  const { artefacts, mirror = '', proxy } = input;
  const data = [
    '# Installs the pinned programs of this machine. Rendered by Ironkeel; running it again is harmless.',
    variable('mirror', mirror),
    variable('http_proxy_url', proxy?.http ?? ''),
    variable('https_proxy_url', proxy?.https ?? ''),
    variable('no_proxy_hosts', proxy?.noProxy.join(',') ?? ''),
    '# artefact NAME VERSION FORMAT SHA256 URL, then its programs: program MODE PATH NAME-IN-THE-ARCHIVE. An image',
    '# has none; a URL without a scheme is a path on the mirror.',
    variable('artefacts', artefacts.flatMap(tableRows).join('\n')),
  ];
  return `#!/usr/bin/env bash\n${data.join('\n')}\n\n${asset('install.sh')}`;
}

function tableRows(artefact: InstallArtefact): string[] {
  const { name, version, format, sha256, url, members } = artefact;
  const head = ['artefact', ...[name, version, format, sha256, url].map((value) => word(name, value))];
  const programs = members.map(({ mode, to, from }) => ['  program', octal(mode), word(name, to), word(name, from)]);
  return [head, ...programs].map((row) => row.join(' '));
}

function variable(name: string, value: string): string {
  return `${name}=${quote(value)}`;
}

/** A value as one word of the shell, whatever it holds. */
function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** The table's fields are separated by spaces, so a field is one word of visible ASCII. */
function word(what: string, value: string): string {
  if (/^[!-~]+$/.test(value)) return value;
  throw inputError(
    'bad-artefact',
    `${what}: ${JSON.stringify(value)} is not one word`,
    'Remove spaces and control characters.',
    value,
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
