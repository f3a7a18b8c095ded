import type { ClusterPlan, Node } from '../plan/types.js';
import type { Secrets } from '../secrets/types.js';
import { type FileEntry, type FileTree, textFile } from '../support/files.js';
import { certificateFiles, issuedCertificate, trustBundle } from './issued.js';
import { encodeKubeconfig } from './kubeconfig.js';
import { nodeCertificates } from './required.js';

/**
 * The folder `ssl/` of a machine in the guide's layout, relative to its node folder: `apiserver.*` and the
 * rest of the control plane for controllers, `worker.*` for others, certificate requests included.
 *
 * @throws Error when a certificate has not been issued.
 */
export function nodeSslFiles(plan: ClusterPlan, node: Node, secrets: Secrets): FileTree {
  const files = nodeCertificates(plan, node).flatMap(({ id, fileName }) =>
    certificateFiles(`ssl/${fileName}`, issuedCertificate(secrets, id)),
  );
  return files.sort(byPath);
}

/**
 * The operator's own files, relative to the cluster's folder and sorted: authorities and own certificates
 * below `ssl/`, `kubeconfig`, `known_hosts`. With `plainCaKeys: false`, for encrypted secrets, no authority's
 * key is among them.
 *
 * @throws Error when a certificate has not been issued.
 */
export function operatorFiles(
  plan: ClusterPlan,
  secrets: Secrets,
  options: { readonly plainCaKeys: boolean },
): FileTree {
  const caKey = textFile('ssl/ca-key.pem', secrets.authorities.kubernetes.issuing.key, 0o600);
  const files = [
    ...authorityFiles(secrets),
    ...(options.plainCaKeys ? [caKey] : []),
    ...certificateFiles('ssl/admin', issuedCertificate(secrets, 'cluster/admin')),
    ...plan.cluster.domains.flatMap(({ name }) =>
      certificateFiles(`ssl/domains/${name}`, issuedCertificate(secrets, `cluster/domain/${name}`)),
    ),
    operatorKubeconfig(plan, secrets, 'break-glass', 'ssl/break-glass.kubeconfig'),
    operatorKubeconfig(plan, secrets, 'admin', 'kubeconfig'),
    textFile('known_hosts', knownHosts(plan, secrets)),
  ];
  return files.sort(byPath);
}

function authorityFiles(secrets: Secrets): FileEntry[] {
  return [
    textFile('ssl/ca.pem', trustBundle(secrets, 'kubernetes')),
    textFile('ssl/etcd-ca.pem', trustBundle(secrets, 'etcd')),
    textFile('ssl/front-proxy-ca.pem', trustBundle(secrets, 'front-proxy')),
    textFile('ssl/domains-ca.pem', trustBundle(secrets, 'domains')),
  ];
}

function operatorKubeconfig(plan: ClusterPlan, secrets: Secrets, purpose: string, path: string): FileEntry {
  const { name } = plan.cluster;
  const text = encodeKubeconfig({
    cluster: name,
    user: `${name}-${purpose}`,
    server: plan.apiUrl,
    authority: { pem: trustBundle(secrets, 'kubernetes') },
    credentials: issuedCertificate(secrets, `cluster/${purpose}`),
  });
  return textFile(path, text, 0o600);
}

/** One line a machine with every name and address it is reached by; see sshd(8). */
function knownHosts(plan: ClusterPlan, secrets: Secrets): string {
  const lines = plan.nodes.map(({ machine, nodeName }) => {
    const names = [machine.name, nodeName, machine.ip, machine.publicAddress].filter((name) => name !== undefined);
    return `${[...new Set(names)].join(',')} ${secrets.sshHostKeys[machine.name]?.publicKey}\n`;
  });
  return lines.join('');
}

function byPath(a: FileEntry, b: FileEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
