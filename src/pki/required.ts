import { isIP } from 'node:net';
import type { Cluster, KeyType } from '../inventory/types.js';
import type { ClusterPlan, Node } from '../plan/types.js';
import type { KeyUsage } from '../secrets/x509/extensions.js';
import { ADMIN_GROUP, BOOTSTRAP_USER, KUBELET_API_GROUP, MASTERS_GROUP, NODES_GROUP, nodeUser } from './identities.js';
import type { CertificateSpec } from './types.js';

/** What is particular about a certificate; the rest follows from the cluster's settings. */
type Purpose = Pick<CertificateSpec, 'id' | 'authority' | 'subject' | 'usages' | 'fileName'> & {
  /** DNS names and IP addresses in any order, duplicates and gaps allowed. */
  readonly names?: readonly (string | undefined)[];
};

/** API servers are reached by these from their own machine and through the balancer of every node. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'];

/**
 * Every certificate the cluster needs, in a fixed order: the operator's, the domains', then machine by
 * machine in the inventory's order. Pure. Purposes and names are those of "PKI certificates and requirements"
 * in the Kubernetes documentation.
 */
export function requiredCertificates(plan: ClusterPlan): readonly CertificateSpec[] {
  const complete = completeFor(plan.cluster);
  const purposes = [...clusterPurposes(plan), ...plan.nodes.flatMap((node) => nodePurposes(plan, node))];
  return purposes.map(complete);
}

/** The certificates of one machine, as {@link requiredCertificates} gives them. */
export function nodeCertificates(plan: ClusterPlan, node: Node): readonly CertificateSpec[] {
  return nodePurposes(plan, node).map(completeFor(plan.cluster));
}

function completeFor({ certificates }: Cluster): (purpose: Purpose) => CertificateSpec {
  const { keyType, leafLifetimeDays } = certificates;
  const keyUsages = keyUsagesOf(keyType);
  return ({ names = [], ...purpose }) => {
    const unique = [...new Set(names.filter((name) => name !== undefined))];
    return {
      ...purpose,
      dnsNames: unique.filter((name) => isIP(name) === 0),
      ipAddresses: unique.filter((name) => isIP(name) !== 0),
      keyUsages,
      keyType,
      lifetimeDays: leafLifetimeDays,
    };
  };
}

/** Only RSA keys take part in a key exchange by encryption (TLS 1.2). */
function keyUsagesOf(keyType: KeyType): readonly KeyUsage[] {
  return keyType === 'ec-p256' ? ['digitalSignature'] : ['digitalSignature', 'keyEncipherment'];
}

function clusterPurposes(plan: ClusterPlan): Purpose[] {
  const { name, domains } = plan.cluster;
  return [
    client('cluster/admin', `${name}-admin`, ADMIN_GROUP, 'admin'),
    client('cluster/break-glass', `${name}-break-glass`, MASTERS_GROUP, 'break-glass'),
    ...domains.map((domain) => domainPurpose(domain.name)),
  ];
}

/** The domain and everything one level below it. */
function domainPurpose(domain: string): Purpose {
  return {
    id: `cluster/domain/${domain}`,
    authority: 'domains',
    // X.520 allows a common name 64 characters; clients look at the alternative names only.
    subject: { commonName: domain.length <= 64 ? domain : 'ironkeel domain' },
    usages: ['serverAuth'],
    names: [domain, `*.${domain}`],
    fileName: domain,
  };
}

function nodePurposes(plan: ClusterPlan, node: Node): Purpose[] {
  const controller = node.machine.role === 'controller';
  const purposes = controller
    ? [
        ...apiServerPurposes(plan, node),
        ...(plan.etcdMembers.length > 0 ? etcdPurposes(node) : []),
        ...managerPurposes(node),
      ]
    : [];
  return [...purposes, ...kubeletPurposes(node, controller ? 'kubelet-client' : 'worker')];
}

function kubeletPurposes({ machine, nodeName }: Node, clientFile: string): Purpose[] {
  const names = [nodeName, machine.name, machine.ip, machine.publicAddress];
  const serving = { commonName: nodeUser(nodeName), organization: NODES_GROUP };
  return [
    client(`${machine.name}/kubelet-client`, nodeUser(nodeName), NODES_GROUP, clientFile),
    { ...serverOf(machine.name, 'kubelet-server', names), authority: 'kubernetes', subject: serving },
  ];
}

function apiServerPurposes(plan: ClusterPlan, { machine, nodeName }: Node): Purpose[] {
  const { endpoint, clusterDomain } = plan.cluster;
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const names = [
    ...[nodeName, machine.name, machine.ip, machine.publicAddress, endpoint.host],
    ...[...service, `kubernetes.default.svc.${clusterDomain}`, plan.kubernetesServiceIp],
    ...LOCAL_NAMES,
  ];
  const id = (purpose: string) => `${machine.name}/${purpose}`;
  const kubeletClient = client(
    id('apiserver-kubelet-client'),
    'kube-apiserver-kubelet-client',
    KUBELET_API_GROUP,
    'apiserver-kubelet-client',
  );
  const frontProxy = client(id('front-proxy-client'), 'front-proxy-client', undefined, 'front-proxy-client');
  return [
    { ...serverOf(machine.name, 'apiserver', names), subject: { commonName: 'kube-apiserver' } },
    kubeletClient,
    { ...frontProxy, authority: 'front-proxy' },
  ];
}

/** Members check each other's addresses; clients on the machine use localhost. */
function etcdPurposes({ machine, nodeName }: Node): Purpose[] {
  const names = [nodeName, machine.name, machine.ip, ...LOCAL_NAMES];
  const etcd = (purpose: Purpose): Purpose => ({ ...purpose, authority: 'etcd' });
  const member = (purpose: string): Purpose =>
    etcd({ ...serverOf(machine.name, purpose, names), usages: ['serverAuth', 'clientAuth'] });
  const clientOf = (purpose: string, user: string) =>
    etcd(client(`${machine.name}/${purpose}`, user, undefined, purpose));
  return [
    member('etcd-server'),
    member('etcd-peer'),
    clientOf('etcd-healthcheck-client', 'kube-etcd-healthcheck-client'),
    clientOf('apiserver-etcd-client', 'kube-apiserver-etcd-client'),
  ];
}

function managerPurposes({ machine }: Node): Purpose[] {
  const { name } = machine;
  return [
    client(`${name}/controller-manager`, 'system:kube-controller-manager', undefined, 'controller-manager'),
    client(`${name}/scheduler`, 'system:kube-scheduler', undefined, 'scheduler'),
    // The first apply creates the very bindings that allow anybody anything, so only this group can do it.
    client(`${name}/bootstrap`, BOOTSTRAP_USER, MASTERS_GROUP, 'bootstrap'),
  ];
}

function client(id: string, commonName: string, organization: string | undefined, fileName: string): Purpose {
  return { id, authority: 'kubernetes', subject: { commonName, organization }, usages: ['clientAuth'], fileName };
}

function serverOf(machine: string, purpose: string, names: readonly (string | undefined)[]): Purpose {
  return {
    id: `${machine}/${purpose}`,
    authority: 'kubernetes',
    subject: { commonName: machine },
    usages: ['serverAuth'],
    names,
    fileName: purpose,
  };
}
