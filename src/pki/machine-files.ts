import type { ClusterPlan, HostFile, Node } from '../plan/types.js';
import type { Secrets } from '../secrets/types.js';
import { textFile } from '../support/files.js';
import { nodeUser } from './identities.js';
import { issuedCertificate, trustBundle } from './issued.js';
import { encodeKubeconfig, type Kubeconfig } from './kubeconfig.js';
import {
  CONTROLLER_CERTIFICATES,
  CONTROLLER_PKI,
  domainCertificate,
  KUBECONFIGS,
  KUBELET_CLIENT_CURRENT,
  LOCAL_API_URL,
  NODE_BALANCER_PORT,
  NODE_PKI,
  SSH_HOST_KEY,
} from './paths.js';

/** Numeric users (and groups) of the components that read keys: a key belongs to who reads it. */
export interface KeyOwners {
  readonly etcd: number;
  /** API server and controller manager, which share the service-account key. */
  readonly controlPlane: number;
  readonly scheduler: number;
}

const ROOT: KeyOwners = { etcd: 0, controlPlane: 0, scheduler: 0 };

/** Users of the kubeconfigs whose credentials are embedded. */
const KUBECONFIG_USERS = {
  'controller-manager': 'system:kube-controller-manager',
  scheduler: 'system:kube-scheduler',
  bootstrap: 'ironkeel:bootstrap',
} as const;

/**
 * What a machine holds of the PKI, sorted by path: its own certificates, keys and kubeconfigs, the trust
 * bundles, its SSH host key. Only controllers hold an authority's key (the one that signs kubelets' requests)
 * and the service-account key. Every private file is 0600.
 *
 * @throws Error when a certificate has not been issued.
 */
export function machinePkiFiles(plan: ClusterPlan, node: Node, secrets: Secrets, owners = ROOT): HostFile[] {
  const files = [...nodeFiles(plan, node, secrets), ...domainFiles(plan, node, secrets)];
  if (node.machine.role === 'controller') files.push(...controllerFiles(plan, node, secrets, owners));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function nodeFiles(plan: ClusterPlan, node: Node, secrets: Secrets): HostFile[] {
  const { name } = node.machine;
  const client = issuedCertificate(secrets, `${name}/kubelet-client`);
  const server = issuedCertificate(secrets, `${name}/kubelet-server`);
  const ssh = secrets.sshHostKeys[name];
  if (!ssh) throw new Error(`${name} has no SSH host key`);
  return [
    publicFile(NODE_PKI.ca, trustBundle(secrets, 'kubernetes')),
    privateFile(NODE_PKI.kubeletClientSeed, client.certificate + client.key),
    publicFile(NODE_PKI.kubeletServer, server.certificate),
    privateFile(NODE_PKI.kubeletServerKey, server.key),
    privateFile(KUBECONFIGS.kubelet, encodeKubeconfig(kubeletKubeconfig(plan, node))),
    privateFile(SSH_HOST_KEY, ssh.privateKey),
    publicFile(`${SSH_HOST_KEY}.pub`, `${ssh.publicKey}\n`),
  ];
}

function kubeletKubeconfig(plan: ClusterPlan, node: Node): Kubeconfig {
  return {
    cluster: plan.cluster.name,
    user: nodeUser(node.nodeName),
    // On controllers too: while their own API server is down, such as for want of an etcd member, another one keeps
    // the node in service. The balancer is a static pod, so the kubelet runs it without any API server.
    server: `https://127.0.0.1:${NODE_BALANCER_PORT}`,
    authority: { file: NODE_PKI.ca },
    credentials: { file: KUBELET_CLIENT_CURRENT },
  };
}

/** The certificates of the domains this edge serves. */
function domainFiles(plan: ClusterPlan, { machine }: Node, secrets: Secrets): HostFile[] {
  if (machine.role !== 'edge') return [];
  const served = plan.cluster.domains.filter(({ edges }) => edges.includes(machine.name));
  return served.flatMap(({ name }) => pairFiles(secrets, `cluster/domain/${name}`, domainCertificate(name), 0));
}

function controllerFiles(plan: ClusterPlan, node: Node, secrets: Secrets, owners: KeyOwners): HostFile[] {
  const { authorities, serviceAccount } = secrets;
  const machine = node.machine.name;
  const ownEtcd = plan.etcdMembers.length > 0;
  const bases = Object.entries(CONTROLLER_CERTIFICATES).filter(([purpose]) => ownEtcd || !purpose.includes('etcd'));
  return [
    ...bases.flatMap(([purpose, base]) => {
      const owner = /^etcd-(server|peer)$/.test(purpose) ? owners.etcd : owners.controlPlane;
      return pairFiles(secrets, `${machine}/${purpose}`, base, owner);
    }),
    publicFile(CONTROLLER_PKI.signingCa, authorities.kubernetes.issuing.certificate),
    privateFile(CONTROLLER_PKI.signingCaKey, authorities.kubernetes.issuing.key, owners.controlPlane),
    privateFile(CONTROLLER_PKI.serviceAccountKey, serviceAccount.signingKey, owners.controlPlane),
    publicFile(CONTROLLER_PKI.serviceAccountPublicKeys, serviceAccount.acceptedKeys.join('')),
    publicFile(CONTROLLER_PKI.frontProxyCa, trustBundle(secrets, 'front-proxy')),
    ...(ownEtcd ? [publicFile(CONTROLLER_PKI.etcdCa, trustBundle(secrets, 'etcd'))] : []),
    componentKubeconfig(plan, machine, secrets, 'controller-manager', owners.controlPlane),
    componentKubeconfig(plan, machine, secrets, 'scheduler', owners.scheduler),
    componentKubeconfig(plan, machine, secrets, 'bootstrap', 0),
  ];
}

function componentKubeconfig(
  plan: ClusterPlan,
  machine: string,
  secrets: Secrets,
  component: keyof typeof KUBECONFIG_USERS,
  owner: number,
): HostFile {
  const text = encodeKubeconfig({
    cluster: plan.cluster.name,
    user: KUBECONFIG_USERS[component],
    server: LOCAL_API_URL,
    authority: { pem: trustBundle(secrets, 'kubernetes') },
    credentials: issuedCertificate(secrets, `${machine}/${component}`),
  });
  return privateFile(KUBECONFIGS[component], text, owner);
}

function pairFiles(secrets: Secrets, id: string, base: string, owner: number): HostFile[] {
  const { certificate, key } = issuedCertificate(secrets, id);
  return [publicFile(`${base}.pem`, certificate), privateFile(`${base}-key.pem`, key, owner)];
}

function publicFile(path: string, text: string): HostFile {
  return { ...textFile(path, text), uid: 0, gid: 0 };
}

function privateFile(path: string, text: string, owner = 0): HostFile {
  return { ...textFile(path, text, 0o600), uid: owner, gid: owner };
}
