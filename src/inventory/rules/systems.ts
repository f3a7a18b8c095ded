import { suggest } from '../../support/suggest.js';
import type { Holey } from '../draft.js';
import { valueSynonymOf } from '../field-hints.js';
import type { Finding, Path } from '../finding.js';
import type { RawOs } from '../schema.js';
import { findSystem, settleOs } from '../systems.js';
import { eachMachine, error, type Rule, type RuleInput } from './rule.js';

/** Operating systems, their channels and what processors they run on. */
export const checkSystems: Rule = function* (input) {
  const { draft } = input;
  yield* checkOs(draft.os, undefined, ['os'], input);
  for (const { machine, path } of eachMachine(draft)) {
    yield* checkOs(machine.os, draft.os, [...path, 'os'], input);
    const system = findSystem(settleOs(machine.os, draft.os).name, input.context);
    const architecture = machine.arch ?? 'amd64';
    if (system === undefined || system.architectures.includes(architecture)) continue;
    const at = [...path, machine.arch === undefined ? 'os' : 'arch'];
    const message = `${system.name} does not run on ${architecture}`;
    yield error('unsupported-arch', at, message, `choose one of: ${system.architectures.join(', ')}, or another os`);
  }
};

function* checkOs(
  own: Holey<RawOs> | undefined,
  cluster: Holey<RawOs> | undefined,
  path: Path,
  { context }: RuleInput,
): Generator<Finding> {
  if (own === undefined) return;
  const { name, channel } = settleOs(own, cluster);
  const system = findSystem(name, context);
  const parts = typeof own === 'string' ? {} : own;
  if (system === undefined) {
    // A name that the cluster's own field got wrong is told there.
    if (typeof own !== 'string' && parts.name === undefined) return;
    const at = typeof own === 'string' ? path : [...path, 'name'];
    yield unknown(
      'unknown-os',
      at,
      `there is no operating system "${name.slice(0, 60)}"`,
      name,
      context.systems.map((one) => one.name),
    );
  } else if (parts.channel !== undefined && channel !== undefined && !system.channels.includes(channel)) {
    yield unknown(
      'unknown-channel',
      [...path, 'channel'],
      `${system.name} has no channel "${channel.slice(0, 60)}"`,
      channel,
      system.channels,
    );
  }
}

function unknown(code: string, path: Path, message: string, word: string, known: readonly string[]): Finding {
  const near = valueSynonymOf(word, known) ?? suggest(word, known);
  return error(
    code,
    path,
    message,
    `${near === undefined ? '' : `did you mean "${near}"? `}Known: ${known.join(', ')}`,
  );
}

/** Disks to install on are devices, by a stable name or not. */
export const checkInstallDisks: Rule = function* ({ draft }) {
  for (const { machine, path } of eachMachine(draft)) {
    const { installDisk } = machine;
    if (installDisk === undefined || isDevice(installDisk)) continue;
    const near = /^[a-z][a-z0-9]*$/.test(installDisk)
      ? `did you mean "/dev/${installDisk}"?`
      : 'write a device such as /dev/sda or /dev/disk/by-id/…';
    yield error('bad-disk', [...path, 'installDisk'], 'this is no path of a disk', near);
  }
};

function isDevice(path: string): boolean {
  const detour = path
    .split('/')
    .slice(1)
    .some((part) => part === '' || part === '.' || part === '..');
  return /^\/dev\/[A-Za-z0-9._:+@/-]+$/.test(path) && !detour;
}
