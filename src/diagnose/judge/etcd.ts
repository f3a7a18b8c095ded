import type { ApiObservation } from '../api/probe.js';
import type { Expectation } from '../expectation.js';
import type { MachineObservation } from '../machine-probe.js';
import type { EtcdMember } from '../probe-report.js';
import type { Cause, PartItem, PartStatus } from '../types.js';
import { fault, shorten, waiting } from './causes.js';
import { judgeExternalEtcd } from './external-etcd.js';

export interface JudgedPart {
  readonly status: PartStatus;
  readonly causes: readonly Cause[];
}

/** The members of etcd, one on every controller; of an external etcd how controllers reach it. */
export function judgeEtcd(
  { plan }: Expectation,
  machines: ReadonlyMap<string, MachineObservation>,
  api: ApiObservation | undefined,
): JudgedPart {
  const { external } = plan.cluster.etcd;
  if (external !== undefined) return judgeExternalEtcd(external.endpoints, machines, api);
  const members = plan.controllers.map(
    ({ machine }) => [machine.name, machines.get(machine.name)?.report?.etcd] as const,
  );
  const items = members.map(([name, member]) => describeMember(name, member));
  const healthy = items.filter(({ ready }) => ready).length;
  const total = items.length;
  const quorum = Math.floor(total / 2) + 1;
  const leader = members.find(([, member]) => member?.isLeader)?.[0];
  // Without a quorum no member is healthy; how many are up says how many are missing.
  const up = members.filter(([, member]) => member?.healthy || member?.clusterId !== undefined).length;
  const summary = `${healthy < quorum ? up : healthy} of ${total} ${total === 1 ? 'member' : 'members'}`;
  const faults = [...differentClusters(members.map(([, member]) => member)), ...alarms(members)];
  const status = { ready: healthy === total && faults.length === 0, items };
  if (healthy === total) {
    const led = leader === undefined ? '' : `, led by ${leader}`;
    return { status: { ...status, summary: `${summary}${led}` }, causes: faults };
  }
  const without = healthy < quorum ? `${summary}, no quorum yet` : `${summary}, which is a quorum`;
  return { status: { ...status, summary: without }, causes: [...faults, waiting('etcd-members', without)] };
}

function describeMember(name: string, member: EtcdMember | undefined): PartItem {
  if (member === undefined) return { name, ready: false, detail: 'does not answer' };
  if (!member.healthy) {
    const reason = !member.hasLeader && member.clusterId !== undefined ? 'has no leader' : 'does not answer';
    return { name, ready: false, detail: member.error === undefined ? reason : `${reason} (${shorten(member.error)})` };
  }
  const detail = `${member.version ?? 'unknown version'}${member.isLeader ? ', leader' : ''}`;
  return { name, ready: true, detail };
}

function differentClusters(members: readonly (EtcdMember | undefined)[]): Cause[] {
  const ids = new Set(members.map((member) => member?.clusterId).filter((id) => id !== undefined));
  if (ids.size < 2) return [];
  const message = `its members belong to ${ids.size} different clusters: some were started empty`;
  return [
    fault('etcd-split', message, 'stop the ones without your data before anything else; see the guide on lost members'),
  ];
}

function alarms(members: readonly (readonly [string, EtcdMember | undefined])[]): Cause[] {
  return members.flatMap(([name, member]) =>
    (member?.alarms ?? []).map((alarm) =>
      fault(
        'etcd-alarm',
        `${name} raises ${alarm}`,
        'etcdctl alarm list on that controller; NOSPACE: compact and defragment',
      ),
    ),
  );
}
