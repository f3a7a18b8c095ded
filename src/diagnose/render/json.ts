import type { ClusterStatus } from '../types.js';

/**
 * The status as members of the JSON document of `--output json`; `docs/guide/status.md` describes it. Members are
 * added with time and never change their meaning; what is unknown is null.
 */
export function statusJson(status: ClusterStatus): Record<string, unknown> {
  const { cluster, kubernetes, ready, apiReady, confirmed, kubeSystemUid, findings } = status;
  return {
    cluster,
    kubernetes,
    ready,
    apiReady,
    kubeSystemUid: kubeSystemUid ?? null,
    confirmed: { yes: true, no: false, unknown: null }[confirmed],
    machines: status.machines.map((machine) => {
      const { address, kubeletVersion, bootId, generation } = machine;
      return {
        name: machine.name,
        nodeName: machine.nodeName,
        role: machine.role,
        address: address ?? null,
        ready: machine.ready,
        reachable: machine.reachable,
        generation: { applied: generation.applied ?? null, built: generation.built ?? null },
        provisioned: machine.provisioned,
        runtime: machine.runtime,
        kubelet: machine.kubelet,
        registered: machine.registered,
        nodeReady: machine.nodeReady,
        kubeletVersion: kubeletVersion ?? null,
        bootId: bootId ?? null,
      };
    }),
    etcd: status.etcd,
    controlPlane: status.controlPlane,
    addons: status.addons,
    findings: findings.map(({ remedy, ...finding }) => ({ ...finding, remedy: remedy ?? null })),
  };
}
