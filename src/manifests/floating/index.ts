import { floatingScript } from '../../host/scripts.js';
import type { ClusterPlan, HostFile, Node } from '../../plan/index.js';
import { hasIngress, rootFile, sharesAddress } from '../../plan/index.js';
import { FLOATING, STATIC_PODS } from '../paths.js';
import { encodeStaticPod } from '../static-pod.js';
import { keepalivedConfiguration } from './configuration.js';

/**
 * The floating address of an edge: keepalived as a static pod, since it has to work while the control plane does not,
 * and asks nobody but the other edges.
 *
 * @throws Error for an edge without an address of its own, which validation has refused.
 */
export function floatingFiles(plan: ClusterPlan, node: Node, image: string): HostFile[] {
  const { floatingAddress: address } = plan.cluster.ingress;
  if (address === undefined || !sharesAddress(plan, node)) return [];
  const { name: machine, ip: own } = node.machine;
  if (own === undefined) throw new Error(`${machine} has no address to share ${address} from`);
  const edges = sharingAddresses(plan);
  const config = rootFile(
    FLOATING.config,
    keepalivedConfiguration({ address, machine, own, edges, ours: hasIngress(plan, node) }),
  );
  const program = rootFile(FLOATING.program, floatingScript());
  const pod = encodeStaticPod({
    name: 'ironkeel-floating',
    tier: 'node',
    image,
    command: ['sh', FLOATING.program, own, FLOATING.config],
    // It gives the machine's interface an address and speaks a protocol of its own.
    user: 0,
    // Without SETGID it runs no check, and takes that for a good one.
    capabilities: ['NET_ADMIN', 'NET_BROADCAST', 'NET_RAW', 'SETGID'],
    priority: 'system-node-critical',
    requests: { cpu: '10m', memory: '16Mi' },
    mounts: [{ path: FLOATING.folder, type: 'Directory' }],
    scratch: FLOATING.scratch,
    reads: [config, program],
  });
  return [rootFile(`${STATIC_PODS}/ironkeel-floating.yaml`, pod, 0o600), config, program];
}

/** Own addresses of the edges that may have the floating one. */
export function sharingAddresses(plan: ClusterPlan): string[] {
  return plan.nodes.filter((node) => sharesAddress(plan, node)).flatMap(({ machine }) => machine.ip ?? []);
}
