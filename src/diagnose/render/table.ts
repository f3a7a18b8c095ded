import { escapeForTerminal } from '../../support/terminal.js';
import type { ClusterStatus, Finding, MachineStatus, PartStatus, Verdict } from '../types.js';
import { columns } from './text.js';

const HEADING = [
  'MACHINE',
  'REACHABLE',
  'GENERATION',
  'PROVISIONED',
  'RUNTIME',
  'KUBELET',
  'REGISTERED',
  'READY',
] as const;

/** The whole status as lines for people: machines, the parts of the cluster, then what is waited for. */
export function statusTable(status: ClusterStatus): string[] {
  return [
    headline(status),
    '',
    ...machineTable(status.machines),
    '',
    ...partTable(status),
    ...findingLines(status.findings),
  ];
}

/** Such as `guide (Kubernetes 1.36.4): 3 of 4 machines Ready`. */
export function headline({ cluster, kubernetes, ready, machines }: ClusterStatus): string {
  const count = machines.filter((machine) => machine.ready).length;
  const all = `${count} of ${machines.length} ${machines.length === 1 ? 'machine' : 'machines'} Ready`;
  return `${escapeForTerminal(cluster)} (Kubernetes ${kubernetes}): ${ready ? 'everything is Ready' : all}`;
}

/** One row a machine, heading first. */
export function machineTable(machines: readonly MachineStatus[]): string[] {
  return columns([HEADING, ...machines.map(machineRow)]);
}

function machineRow(machine: MachineStatus): string[] {
  const { name, reachable, generation, provisioned, runtime, kubelet, registered, nodeReady } = machine;
  const verdicts = [provisioned, runtime, kubelet, registered, nodeReady].map(cell);
  return [name, cell(reachable), generationCell(generation), ...verdicts];
}

const CELLS: Readonly<Record<Verdict, string>> = { yes: 'yes', no: 'no', unknown: '-' };

function cell(verdict: Verdict): string {
  return CELLS[verdict];
}

function generationCell({ applied, built }: MachineStatus['generation']): string {
  if (applied === undefined) return '-';
  return applied === built ? String(applied) : `${applied} of ${built ?? '?'}`;
}

function partTable({ etcd, controlPlane, addons }: ClusterStatus): string[] {
  const row = (name: string, { ready, summary }: PartStatus) => [name, ready ? 'ready' : 'waits', summary];
  return columns([row('etcd', etcd), row('control plane', controlPlane), row('addons', addons)]);
}

/** What is waited for, errors with what to do; empty where there is nothing to say. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.length === 0 ? [] : ['', ...findings.flatMap(describeFinding)];
}

/** `worker2: downloading kubelet 1.36.4, 40 %`, then what to do about it. */
export function describeFinding({ severity, subject, message, remedy }: Finding): string[] {
  const mark = severity === 'error' ? 'error: ' : severity === 'note' ? 'note: ' : '';
  const line = escapeForTerminal(`${mark}${subject}: ${message}`);
  return remedy === undefined ? [line] : [line, escapeForTerminal(`  ${remedy}`)];
}
