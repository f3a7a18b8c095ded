import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, livingProcess, signalProcess } from './process-record.js';

/** Processes whose parent is this one. */
export function childrenOf(pid: number): readonly number[] {
  const folder = `/proc/${pid}/task`;
  return tasks(folder).flatMap((task) => numbers(readText(join(folder, task, 'children'))));
}

/** The program's name as the kernel knows it, at most 15 characters. */
export function nameOf(pid: number): string {
  return readText(`/proc/${pid}/comm`).trim();
}

/** The ids a process has, from the host's namespace to its own (proc_pid_status(5), NSpid). */
export function namespacedIds(pid: number): readonly number[] {
  return numbers(/^NSpid:(.*)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? '');
}

/** Ends a recorded process and what it started; nothing when the record is of a process that is gone. */
export function endTree(record: string): void {
  const root = livingProcess(record)?.pid;
  const all = root === undefined ? [] : descendants(root);
  endProcess(record);
  for (const pid of all) signalProcess(pid, 'SIGKILL');
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** Every process in these control groups and those below them. */
export function processesIn(groups: readonly string[]): readonly number[] {
  return [...new Set(groups.filter(existsSync).flatMap(processesBelow))];
}

function processesBelow(group: string): number[] {
  const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = numbers(readText(join(group, 'cgroup.procs')));
  return [...own, ...below.flatMap(({ name }) => processesBelow(join(group, name)))];
}

function tasks(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function numbers(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
