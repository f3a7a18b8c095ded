import type { Taint } from '../inventory/types.js';
import type { ClusterPlan, Node } from '../plan/index.js';
import { isController } from '../plan/index.js';

/** What `kubectl get nodes` shows as the role. */
const ROLE_LABELS = {
  controller: 'node-role.kubernetes.io/control-plane',
  worker: 'node-role.kubernetes.io/worker',
  edge: 'node-role.kubernetes.io/edge',
} as const;

/** The guide's label where no kubelet can give it to itself (NodeRestriction): what faces the world goes by this one. */
export const EDGE_NODES = { 'node-restriction.kubernetes.io/role': 'edge-router' };

const EDGE_LABELS = { role: 'edge-router', ...EDGE_NODES };

const CONTROL_PLANE_TAINT: Taint = { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' };

/**
 * The nodes that belong to the cluster with the labels and taints they are to have, one a line as `kubectl label`
 * and `kubectl taint` take them:
 *
 *     node NAME
 *     label KEY=VALUE
 *     taint KEY=VALUE:EFFECT
 */
export function nodeTable(plan: ClusterPlan): string {
  const rows = plan.nodes.flatMap((node) => [
    `node ${node.nodeName}`,
    ...Object.entries(labelsOf(node)).map(([key, value]) => `label ${key}=${value}`),
    ...taintsOf(plan, node).map(({ key, value, effect }) => `taint ${key}=${value}:${effect}`),
  ]);
  return `${rows.join('\n')}\n`;
}

function labelsOf({ machine }: Node): Record<string, string> {
  const edge = machine.role === 'edge' ? EDGE_LABELS : {};
  return { [ROLE_LABELS[machine.role]]: '', ...edge, ...machine.labels };
}

/** An own taint of the same key and effect takes the place of ours. */
function taintsOf({ cluster }: ClusterPlan, node: Node): readonly Taint[] {
  const { taints } = node.machine;
  if (!isController(node) || cluster.schedulableControllers) return taints;
  const { key, effect } = CONTROL_PLANE_TAINT;
  const replaced = taints.some((taint) => taint.key === key && taint.effect === effect);
  return replaced ? taints : [CONTROL_PLANE_TAINT, ...taints];
}
