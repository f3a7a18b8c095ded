import type { DraftMachine } from '../draft.js';
import type { Finding } from '../finding.js';
import { contains, isPrivate, parseIp, parseRange, type Range, whyUnusable } from '../ip.js';
import { checkAddress, hasKnownAddress, segmentOf } from './addresses.js';
import { eachMachine, error, type Rule, type RuleInput, warning } from './rule.js';

const PATH = ['ingress', 'floatingAddress'];

/** An address that moves between edges: it has to be free, and the edges have to share a segment with it. */
export const checkFloatingAddress: Rule = function* (input) {
  const text = input.draft.ingress?.floatingAddress;
  if (text === undefined) return;
  yield* checkAddress(text, PATH);
  const address = parseIp(text);
  const machines = [...eachMachine(input.draft)];
  const owner = machines.find(({ machine }) => knownAddresses(machine).includes(text));
  if (owner !== undefined) {
    const message = `${text} is taken: a machine has it or asks it, on line ${input.lineOf(owner.path)}`;
    yield error('duplicate-ip', PATH, message, 'give a free address of the same segment');
  } else if (address !== undefined) yield* checkShown(text, address, input);
  const edges = machines.filter(({ machine }) => machine.role === 'edge');
  for (const edge of edges) yield* checkEdge(edge, text, address);
  if (address !== undefined) yield* checkTogether(edges, text, address);
  // That an ingress has no edge at all is said elsewhere.
  const fewest = input.draft.ingress?.controller === 'none' ? 0 : 1;
  if (edges.length > 1 || edges.length < fewest) return;
  if (machines.some(({ path }) => input.isMisfit([...path, 'role']))) return;
  const message = `${edges.length === 0 ? 'no machine is an edge' : 'there is one edge'}, so ${text} has nowhere to move to`;
  yield warning('floating-address-alone', PATH, message, 'add another edge on the same segment, or remove it');
};

/** DNS shows the address itself, whatever a router makes of those of the edges. */
function* checkShown(text: string, address: number, { draft }: RuleInput): Generator<Finding> {
  if ((draft.domains ?? []).length === 0 || whyUnusable(address) !== undefined || !isPrivate(address)) return;
  const message = `${text} is a private address: DNS cannot show it to the world`;
  const remedy = 'give an address that the world sees, or remove it, and DNS shows every edge’s own';
  yield warning('private-floating-address', PATH, message, remedy);
}

/** Its own, and those of its router and DNS servers. */
function knownAddresses({ ip, publicAddress, network }: DraftMachine): (string | undefined)[] {
  return [ip, publicAddress, network?.address?.split('/')[0], network?.gateway, ...(network?.dns ?? [])];
}

/** Not the network's own address, nor that of all hosts. */
function isHostOf({ first, last, prefix }: Range, address: number): boolean {
  return prefix < 31 ? address > first && address < last : address >= first && address <= last;
}

type Edge = ReturnType<typeof eachMachine> extends Generator<infer Item> ? Item : never;

function* checkEdge({ machine, path }: Edge, text: string, address: number | undefined): Generator<Finding> {
  const { network } = machine;
  if (!hasKnownAddress(machine)) {
    const message = `this edge has no known address: the edges find each other by theirs to share ${text}`;
    yield error('floating-address-unknown', machine.ip === undefined ? path : [...path, 'ip'], message, 'add its ip');
    return;
  }
  const subnet = parseRange(network?.address ?? '');
  if (subnet === undefined || address === undefined) return;
  if (isHostOf(subnet, address)) return;
  const message = `${text} is not in the subnet of this edge, ${subnet.text}: an address moves within one segment only`;
  const remedy = 'give an address of that subnet, or remove it where the hoster routes each address to one machine';
  yield error('floating-address-outside', [...path, 'network', 'address'], message, remedy);
}

/** Where nobody says how large the edges' segment is: one edge that is outside of the usual one stands out. */
function* checkTogether(edges: readonly Edge[], text: string, address: number): Generator<Finding> {
  const unsaid = edges.filter(({ machine: { ip, network } }) => ip !== undefined && network === undefined);
  const apart = unsaid.filter(({ machine }) => {
    const usual = segmentOf(machine);
    return usual !== undefined && !contains(usual, address);
  });
  if (apart.length === unsaid.length) return;
  for (const { path } of apart) {
    const message = `${text} looks like another segment than this edge’s: an address moves within one segment only`;
    const remedy = 'give an address of the edges’ segment, or say with network: {address: …} how large that is';
    yield warning('floating-address-apart', [...path, 'ip'], message, remedy);
  }
}
