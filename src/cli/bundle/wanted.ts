import { nodeImages } from '../../addons/index.js';
import { type MachineNeeds, type WantedBundle, wantedBundle } from '../../delivery/bundle/index.js';
import type { Architecture, Cluster } from '../../inventory/types.js';
import { operatingSystem } from '../../os/registry.js';
import { planCluster } from '../../plan/index.js';
import { componentVersions, machineDownloads } from '../../releases/catalogue.js';
import { componentImages } from '../../releases/images.js';

/**
 * What a cluster's machines download, for their own architectures and for those that are to come.
 *
 * @throws InputError when the Kubernetes version is not supported.
 */
export function clusterBundle(cluster: Cluster, more: readonly Architecture[]): WantedBundle {
  const { version } = cluster.kubernetes;
  const images = componentImages(version, componentVersions(version).etcd);
  const plan = planCluster(cluster);
  const machines = plan.nodes.flatMap((node): MachineNeeds[] => {
    const { role, os, architecture } = node.machine;
    const system = operatingSystem(os);
    const names = nodeImages(plan, node, images);
    return [...new Set([architecture, ...more])].map((arch) => ({
      role,
      arch,
      programs: machineDownloads(role, arch, version, system.paths, system),
      images: names,
    }));
  });
  return wantedBundle(version, machines, images, cluster.preload);
}
