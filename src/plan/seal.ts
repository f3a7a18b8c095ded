import { oncePerObject } from '../support/memo.js';
import { sha256 } from '../support/sha256.js';
import { byPath, rootFile } from './machine-config.js';
import type { HostFile, HostUnit, MachineConfig, SealedConfig } from './types.js';

/** The last generation a machine's configuration was rendered as. */
export interface PreviousGeneration {
  readonly generation: number;
  readonly digest: string;
}

/**
 * Gives a configuration its generation: the previous one while its content is the same, the next one
 * otherwise, `firstGeneration` where none is known. The digest covers everything but the generation.
 */
export function sealConfig(
  config: MachineConfig,
  bootUnits: readonly HostUnit[],
  previous: PreviousGeneration | undefined,
  firstGeneration = 1,
): SealedConfig {
  const units = [...bootUnits, ...config.units].sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = payloadFiles(config, units);
  const entries = manifestEntries(config, files, units);
  const digest = sha256(`${config.clusterId}\n${config.machine}\n${entries}`);
  const generation = nextGeneration(previous, digest, firstGeneration);
  return { config, generation, digest, manifest: manifestText(config, generation, entries), files, bootUnits };
}

function nextGeneration(previous: PreviousGeneration | undefined, digest: string, first: number): number {
  if (previous === undefined) return first;
  return previous.digest === digest ? previous.generation : previous.generation + 1;
}

/** Everything the machine is to hold, as files: units, drop-ins, sysctls and modules too. */
function payloadFiles(config: MachineConfig, units: readonly HostUnit[]): HostFile[] {
  return [...config.files, ...units.flatMap(unitFiles), sysctlFile(config.sysctls), modulesFile(config.modules)].sort(
    byPath,
  );
}

const unitFiles = oncePerObject((unit: HostUnit): HostFile[] => {
  const path = `/etc/systemd/system/${unit.name}`;
  const dropIns = unit.dropIns.map(({ name, content }) => rootFile(`${path}.d/${name}`, content));
  return unit.content === undefined ? dropIns : [rootFile(path, unit.content), ...dropIns];
});

const sysctlFile = oncePerObject((sysctls: MachineConfig['sysctls']) => {
  const lines = Object.entries(sysctls).map(([key, value]) => `${key} = ${value}\n`);
  return rootFile('/etc/sysctl.d/90-ironkeel.conf', lines.join(''));
});

const modulesFile = oncePerObject((modules: MachineConfig['modules']) =>
  rootFile('/etc/modules-load.d/ironkeel.conf', modules.map((name) => `${name}\n`).join('')),
);

/** The manifest's lines between its header and its digest; see `docs/reference/generations.md`. */
function manifestEntries(config: MachineConfig, files: readonly HostFile[], units: readonly HostUnit[]): string {
  const lines = [
    ...config.directories.map(({ mode, uid, gid, path }) => `directory ${octal(mode)} ${uid} ${gid} ${path}`),
    ...files.map(
      ({ mode, uid, gid, path, content }) => `file ${octal(mode)} ${uid} ${gid} ${digestOf(content)} ${path}`,
    ),
    ...config.links.map(({ path, target }) => `link ${path} ${target}`),
    ...units.map(({ state, name }) => `unit ${state} ${name}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function manifestText(config: MachineConfig, generation: number, entries: string): string {
  const head = `ironkeel-manifest 1\ncluster ${config.clusterId}\nmachine ${config.machine}\ngeneration ${generation}\n`;
  const body = head + entries;
  return `${body}digest ${sha256(body)}\n`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

// Programs and units are the same objects for every machine.
const digestOf = oncePerObject((content: Uint8Array) => sha256(content));
