import type { Cluster } from '../../inventory/types.js';
import { CONTROLLER_CERTIFICATES, CONTROLLER_PKI, KUBECONFIGS, NODE_PKI } from '../../pki/paths.js';
import { type ClusterPlan, planCluster, rootFile } from '../../plan/index.js';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import { componentImages } from '../../releases/images.js';
import type { ControlPlaneContext } from '../control-plane.js';

/** Texts in place of certificates and keys, so that what is rendered is the same every time. */
const PKI_FILES = [
  ...Object.values(NODE_PKI),
  ...Object.values(CONTROLLER_PKI),
  ...Object.values(CONTROLLER_CERTIFICATES).flatMap((base) => [`${base}.pem`, `${base}-key.pem`]),
  ...Object.values(KUBECONFIGS),
].map((path) => rootFile(path, `content of ${path}\n`, 0o600));

/** The guide's cluster with as many controllers, its workers left out. */
export function controllers(count: number, over: Partial<Cluster> = {}): ClusterPlan {
  const machines = Array.from({ length: count }, (_, index) =>
    testMachine(count === 1 ? 'controller' : `controller${index + 1}`, `10.10.10.${index + 1}`, 'controller'),
  );
  return planCluster(testCluster({ machines: [...machines, testMachine('worker1', '10.10.10.21')], ...over }));
}

/** The context of one machine of a plan, by its position, with fixed secrets. */
export function contextOf(plan: ClusterPlan, index = 0, over: Partial<ControlPlaneContext> = {}): ControlPlaneContext {
  const node = plan.nodes[index];
  if (node === undefined) throw new Error(`no machine ${index}`);
  return {
    plan,
    node,
    secrets: {
      clusterId: '6b0e0f2e-57b2-4b9c-8c4b-0f2d7c3f9a11',
      encryptionKeys: [{ name: 'key1', secret: Buffer.alloc(32, 7).toString('base64') }],
    },
    images: componentImages(plan.cluster.kubernetes.version, '3.6.14'),
    etcdState: 'new',
    pkiFiles: PKI_FILES,
    ...over,
  };
}
