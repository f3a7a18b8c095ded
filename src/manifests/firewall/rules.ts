import type { NftChain } from '../../formats/nftables.js';
import type { ClusterPlan, Node } from '../../plan/index.js';
import { isController, sharesAddress } from '../../plan/index.js';
import { sharingAddresses } from '../floating/index.js';
import { OWN_RULES } from './paths.js';
import { sshSources } from './sets.js';

type Rules = NftChain['rules'];

const PORTS = {
  ssh: 22,
  http: 80,
  https: 443,
  etcdClient: 2379,
  etcdPeer: 2380,
  api: 6443,
  vxlan: 8472,
  kubelet: 10250,
};

/** Pods of this machine: their range, arriving where answers to it would leave, so that nobody outside can claim it. */
const fromPods = (podRange: string) => `ip saddr ${podRange} fib saddr . iif oif exists`;

/** What reaches the machine itself. Whatever no rule names is dropped, and now and then named in the kernel's log. */
export function inputRules(plan: ClusterPlan, node: Node): Rules {
  return [
    'ct state established,related accept',
    'ct state invalid drop',
    'iif lo accept',
    ...networkBasics(),
    ...sshRules(plan, node),
    ...nodeRules(plan),
    ...podRules(plan, node),
    ...(isController(node) ? controllerRules(plan) : []),
    ...floatingRules(plan, node),
    ...(node.machine.role === 'edge' ? [`tcp dport { ${PORTS.http}, ${PORTS.https} } accept`] : []),
    { include: OWN_RULES },
    'limit rate 6/minute burst 10 packets log prefix "ironkeel-firewall: "',
  ];
}

/** Without these a machine gets no address and paths lose packets that are too large. */
function networkBasics(): string[] {
  return [
    'ip protocol icmp icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept',
    'meta l4proto ipv6-icmp accept',
    'udp sport 67 udp dport 68 accept',
    'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
  ];
}

function sshRules(plan: ClusterPlan, node: Node): string[] {
  const open = `tcp dport ${PORTS.ssh} accept`;
  return sshSources(plan, node) === undefined ? [open] : from('ssh', open).concat(from('nodes', open));
}

/** A network of the user's own has ports we do not know, so nodes trust each other there. */
function nodeRules({ cluster }: ClusterPlan): string[] {
  if (cluster.cni === 'none') return from('nodes', 'accept');
  return [...from('nodes', `tcp dport ${PORTS.kubelet} accept`), `ip saddr @nodes udp dport ${PORTS.vxlan} accept`];
}

/** Pods may ask the API, the kubelet's metrics, and Services whose pods use the machine's own network. */
function podRules({ cluster }: ClusterPlan, node: Node): string[] {
  const ports = isController(node) ? `{ ${PORTS.api}, ${PORTS.kubelet} }` : `${PORTS.kubelet}`;
  const pods = fromPods(cluster.podRange);
  return [`${pods} tcp dport ${ports} accept`, `${pods} ct status dnat accept`];
}

function controllerRules({ cluster }: ClusterPlan): string[] {
  const api = `tcp dport ${PORTS.api} accept`;
  const etcd = `tcp dport { ${PORTS.etcdClient}, ${PORTS.etcdPeer} } accept`;
  return [
    ...(cluster.firewall.api === undefined ? [api] : from('api', api).concat(from('nodes', api))),
    ...(cluster.etcd.external === undefined ? from('controllers', etcd) : []),
  ];
}

/** Edges tell each other who has the floating address, by VRRP. */
function floatingRules(plan: ClusterPlan, node: Node): string[] {
  const others = sharingAddresses(plan).filter((address) => address !== node.machine.ip);
  if (!sharesAddress(plan, node) || others.length === 0) return [];
  return [`ip saddr { ${others.join(', ')} } ip protocol vrrp accept`];
}

/**
 * What arrives, before anything translates it: NodePorts are for those who are near, on an edge for the cluster alone.
 * Without this a router that translates a public address to the machine's own one would open them to the world.
 */
export function arrivalRules({ cluster }: ClusterPlan, { machine }: Node): Rules {
  const mine = (saddr: string) => `fib daddr type local ct state new ${saddr}`;
  const ports = `meta l4proto { tcp, udp, sctp } th dport ${nodePorts(cluster)} drop`;
  const isEdge = machine.role === 'edge';
  const set = isEdge ? 'nodes' : 'near';
  const others = [`${mine(`ip saddr != @${set}`)} ${ports}`, `${mine(`ip6 saddr != @${set}6`)} ${ports}`];
  // Pods of other machines come with the machine's address, and are near elsewhere by their own.
  return isEdge ? [`${fromPods(cluster.podRange)} accept`, ...others] : others;
}

/** What passes through the machine: pods are for the cluster, and for what a Service or NodePort translated. */
export function forwardRules({ cluster }: ClusterPlan): Rules {
  return [
    'ct state established,related accept',
    `${fromPods(cluster.podRange)} accept`,
    'ip saddr @nodes accept',
    // Somebody who routes a Service's address to this machine is not in the cluster for that.
    `ct original ip daddr ${cluster.serviceRange} drop`,
    'ct status dnat accept',
    `ip daddr { ${cluster.podRange}, ${cluster.serviceRange} } drop`,
  ];
}

/** As the API server gives them out. */
function nodePorts({ components }: ClusterPlan['cluster']): string {
  return components.apiServer.flags['service-node-port-range'] ?? '30000-32767';
}

function from(set: string, rule: string): string[] {
  return [`ip saddr @${set} ${rule}`, `ip6 saddr @${set}6 ${rule}`];
}
