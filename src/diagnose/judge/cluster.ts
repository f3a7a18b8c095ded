import type { ApiObservation } from '../api/probe.js';
import type { Expectation } from '../expectation.js';
import type { MachineObservation } from '../machine-probe.js';
import type { Cause, ClusterStatus, Finding, Verdict } from '../types.js';
import { judgeAddons } from './addons.js';
import { fault, UNASKED } from './causes.js';
import { judgeControlPlane } from './control-plane.js';
import { judgeEtcd } from './etcd.js';
import { judgeMachine } from './machine.js';

/** Everything that was found out so far. */
export interface Observations {
  /** By machine name; those that have not been asked yet are missing. */
  readonly machines: ReadonlyMap<string, MachineObservation>;
  readonly api?: ApiObservation | undefined;
}

/** Where a cluster stands, from what was built and what was found. Pure. */
export function judgeCluster(expectation: Expectation, { machines, api }: Observations): ClusterStatus {
  const { plan, kubernetes } = expectation;
  const judged = plan.nodes.map((node) => judgeMachine(node, expectation, machines.get(node.machine.name), api));
  const etcd = judgeEtcd(expectation, machines, api);
  const controlPlane = judgeControlPlane(expectation, api);
  const addons = judgeAddons(expectation, machines, api);
  const confirmed = confirm(expectation.kubeSystemUid, api);
  const findings = [
    ...about('cluster', confirmed === 'no' ? [otherCluster(expectation, api)] : []),
    ...judged.flatMap(({ status, causes }) => about(status.name, causes)),
    ...about('etcd', etcd.causes),
    ...about('control plane', api === undefined ? [UNASKED] : controlPlane.causes),
    ...about('addons', addons.causes),
  ];
  const parts = [...judged, etcd, controlPlane, addons];
  return {
    cluster: plan.cluster.name,
    kubernetes,
    ready: confirmed !== 'no' && parts.every(({ status }) => status.ready),
    complete: api !== undefined && plan.nodes.every(({ machine }) => machines.has(machine.name)),
    apiReady: confirmed !== 'no' && api?.endpoint.ready === true && api.view !== undefined,
    kubeSystemUid: api?.view?.kubeSystemUid,
    confirmed,
    machines: judged.map(({ status }) => status),
    etcd: etcd.status,
    controlPlane: controlPlane.status,
    addons: addons.status,
    findings,
  };
}

function confirm(recorded: string | undefined, api: ApiObservation | undefined): Verdict {
  const seen = api?.view?.kubeSystemUid;
  if (recorded === undefined || seen === undefined) return 'unknown';
  return recorded === seen ? 'yes' : 'no';
}

function otherCluster({ kubeSystemUid }: Expectation, api: ApiObservation | undefined): Cause {
  return fault(
    'other-cluster',
    `this is not the cluster you built: its kube-system is ${api?.view?.kubeSystemUid}, and yours was ${kubeSystemUid}`,
    'its etcd was started empty, or another cluster answers at that address: change nothing until you know which; where you have begun it anew yourself, `ironkeel wait --begun-anew` records it',
  );
}

function about(subject: string, causes: readonly Cause[]): Finding[] {
  return causes.map((cause) => ({ ...cause, subject }));
}
