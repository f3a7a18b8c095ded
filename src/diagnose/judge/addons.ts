import type { ApiObservation } from '../api/probe.js';
import type { Pod, Workload } from '../api/view.js';
import type { Expectation } from '../expectation.js';
import type { MachineObservation } from '../machine-probe.js';
import type { Cause, PartItem } from '../types.js';
import { shorten, waiting } from './causes.js';
import type { JudgedPart } from './etcd.js';
import { explainPod } from './pods.js';

/** The workloads that Ironkeel put on the cluster: all there, all available. */
export function judgeAddons(
  { plan }: Expectation,
  machines: ReadonlyMap<string, MachineObservation>,
  api: ApiObservation | undefined,
): JudgedPart {
  const view = api?.view;
  if (view === undefined) {
    const summary = 'waits for an API server';
    return { status: { ready: false, summary, items: [] }, causes: [] };
  }
  const applying = judgeApply(plan.controllers.map(({ machine }) => machines.get(machine.name)?.report?.applyStatus));
  const nodesUnready = [...view.nodes.values()].some((node) => !node.ready);
  const items = view.workloads.map((workload) => describeWorkload(workload, view.pods, nodesUnready));
  const unready = items.filter(({ ready }) => !ready);
  const summary = `${items.length - unready.length} of ${items.length} ready`;
  const causes = [...applying, ...unready.map(({ name, detail }) => waiting('addon', `${name} ${detail}`))];
  return { status: { ready: causes.length === 0 && items.length > 0, summary, items }, causes };
}

/**
 * What is not applied yet. One controller that is done is enough, since all apply the same; until then some
 * workloads may be missing without anybody seeing it.
 */
function judgeApply(statuses: readonly (string | undefined)[]): Cause[] {
  const said = statuses.filter((status) => status !== undefined);
  if (said.some((status) => /^done\b/.test(status))) return [];
  const [first] = said;
  if (first === undefined) return [waiting('not-applied', 'no controller has applied them yet')];
  return [waiting('not-applied', shorten(first.replace(/^waiting: /, '')))];
}

function describeWorkload(workload: Workload, pods: readonly Pod[], nodesUnready: boolean): PartItem {
  const { name, wanted, ready, observed } = workload;
  // A DaemonSet for machines that are none (edges, say) is ready with none.
  if (observed && ready >= wanted) return { name, ready: true, detail: `${ready} of ${wanted}` };
  const unready = pods.find((pod) => !pod.ready && belongs(pod, workload));
  const why = unready === undefined ? '' : `: ${unready.name} ${explainPod(unready, nodesUnready)}`;
  return { name, ready: false, detail: `${ready} of ${wanted}${why}` };
}

function belongs({ namespace, labels }: Pod, workload: Workload): boolean {
  const wanted = Object.entries(workload.selector);
  return namespace === workload.namespace && wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
