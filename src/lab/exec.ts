import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { inputError, WorkError } from '../support/problem.js';
import { hostCommand, isLabHost, LAB_HOSTS } from './hosts.js';
import { asset } from './places.js';
import { findDriver } from './registry.js';
import { type Finished, tryRun } from './run.js';
import type { Lab, LabMachine } from './types.js';

/** Where records of running `lab exec` commands are, for `lab down` to end them. */
export function execFolder({ folder }: Lab): string {
  return join(folder, 'exec');
}

/**
 * Runs a command on a machine, or a program of the host on `client`, `lan` or `router`, with this process's input and
 * output. Gives its exit code; 128 and the number of the signal that ended it.
 * @throws InputError for a name the lab does not have. @throws WorkError when the machine is off.
 */
export function execute(lab: Lab, target: string, command: readonly string[]): number {
  const record = join(execFolder(lab), `${process.pid}`);
  mkdirSync(execFolder(lab), { recursive: true });
  const args = [asset('service.sh'), record, ...commandLine(lab, target, command)];
  const { status, signal } = spawnSync('bash', args, { stdio: 'inherit' });
  rmSync(record, { force: true });
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** The same for the lab's own questions: waits, and gives what the command said. */
export function ask(lab: Lab, target: string, command: readonly string[]): Finished {
  return tryRun(commandLine(lab, target, command));
}

function commandLine(lab: Lab, target: string, command: readonly string[]): readonly string[] {
  if (isLabHost(lab, target)) return hostCommand(lab, target, command);
  const machine = findMachine(lab, target, LAB_HOSTS);
  const line = findDriver(lab.driver).exec(lab, machine, command);
  if (line !== undefined) return line;
  throw new WorkError(`${target} is off`, `Run \`ironkeel lab power-on ${target}\` first`);
}

/**
 * @param others that would have fitted where this was called.
 * @throws InputError for a name the lab does not have.
 */
export function findMachine({ plan }: Lab, name: string, others: readonly string[] = []): LabMachine {
  const found = plan.machines.find((machine) => machine.name === name);
  if (found !== undefined) return found;
  throw inputError(
    'unknown-machine',
    `the lab has no machine ${name}`,
    `It has ${[...plan.machines.map((machine) => machine.name), ...others].join(', ')}`,
    name,
  );
}
