import { escapeForTerminal } from '../../support/terminal.js';
import type { ClusterStatus, Finding, MachineStatus } from '../types.js';
import { describeFinding } from './table.js';

/**
 * What is new since the last status, as plain lines for a log: machines and parts that became Ready or are so no
 * more, and what each waits for now.
 *
 * @param before undefined for the first one.
 */
export function changedLines(before: ClusterStatus | undefined, now: ClusterStatus): string[] {
  const known = new Set(before?.findings.map(identity));
  const findings = now.findings.filter((finding) => !known.has(identity(finding))).flatMap(describeFinding);
  return [...readiness(before, now), ...findings];
}

/** Progress in percent is no news in a log: it would be a line every two seconds. */
function identity({ severity, subject, code, message }: Finding): string {
  return JSON.stringify([severity, subject, code, message.replace(/,? \d+ (?:%|MB)(?: so far)?/g, '')]);
}

function readiness(before: ClusterStatus | undefined, now: ClusterStatus): string[] {
  const subjects = (status: ClusterStatus): readonly (readonly [string, boolean])[] => [
    ...status.machines.map((machine: MachineStatus) => [machine.name, machine.ready] as const),
    ['etcd', status.etcd.ready],
    ['control plane', status.controlPlane.ready],
    ['addons', status.addons.ready],
  ];
  const was = new Map(before === undefined ? [] : subjects(before));
  return subjects(now).flatMap(([name, ready]) => {
    if ((was.get(name) ?? false) === ready) return [];
    return [escapeForTerminal(`${name}: ${ready ? 'Ready' : 'not Ready any more'}`)];
  });
}
