import type { ClusterPlan, Node } from '../plan/index.js';
import { isController, sharesAddress } from '../plan/index.js';
import type { ComponentImages, ImageComponent } from '../releases/images.js';
import { addons } from './registry.js';
import type { Addon } from './types.js';

const EVERY_NODE: readonly ImageComponent[] = ['pause', 'balancer'];
const CONTROL_PLANE: readonly ImageComponent[] = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

const FLOATING: readonly ImageComponent[] = ['keepalived'];

/**
 * Every image a node may have to run, static pods included, so that they can be preloaded. Full names, each once,
 * in the order a node needs them.
 */
export function nodeImages(plan: ClusterPlan, node: Node, images: ComponentImages): string[] {
  const pods = addons.filter((addon) => addon.enabled(plan) && runsOn(addon, plan, node));
  const own = [...controlPlane(plan, node), ...(sharesAddress(plan, node) ? FLOATING : [])];
  const system = [...EVERY_NODE, ...own, ...pods.flatMap((addon) => addon.images)];
  const components = [...system, ...edgeTest(plan, node)];
  return [...new Set(components.map((component) => images[component]))];
}

/** The echo of `ironkeel edge test` runs where the user's pods do, in clusters that have an edge. */
function edgeTest(plan: ClusterPlan, node: Node): readonly ImageComponent[] {
  const hasEdge = plan.cluster.machines.some(({ role }) => role === 'edge');
  return hasEdge && runsOn({ on: 'workers' }, plan, node) ? ['edge-echo'] : [];
}

function controlPlane({ cluster }: ClusterPlan, node: Node): readonly ImageComponent[] {
  if (!isController(node)) return [];
  return cluster.etcd.external === undefined ? ['etcd', ...CONTROL_PLANE] : CONTROL_PLANE;
}

function runsOn({ on }: Pick<Addon, 'on'>, { cluster }: ClusterPlan, node: Node): boolean {
  if (on === 'edges') return node.machine.role === 'edge';
  return on === 'all' || !isController(node) || cluster.schedulableControllers;
}
