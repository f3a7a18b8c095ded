import { type DraftMachine, each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { contains, isPrivate, parseRange, type Range, whyUnusable } from '../ip.js';
import { addressOf, segmentOf } from './addresses.js';
import { checkSource } from './firewall.js';
import { eachMachine, error, type Rule, type RuleInput, warning } from './rule.js';

interface PublicMachine {
  readonly machine: DraftMachine;
  readonly path: Path;
  readonly address: number;
  readonly block: Range;
  /** In a network of `network.trusted`. */
  readonly trusted: boolean;
}

/**
 * VXLAN says everything aloud. A private address and a public one can only meet inside of one's own network, as no
 * private address gets through the Internet; two public ones that share no network meet somewhere in between, and
 * that is refused. Of a single public one nobody can tell here what is between it and the next, unless it is an edge,
 * which is public by its role.
 */
export const checkOverlay: Rule = function* (input) {
  const { network } = input.draft;
  for (const [index, text] of each(network?.trusted)) yield* checkSource(text, ['network', 'trusted', index], false);
  if (network?.cni === 'none') return;
  const machines = publicMachines(input);
  const [first] = machines;
  const apart = machines.filter((each) => first !== undefined && !shareWire(first, each));
  for (const each of apart) yield refusal(placeOf(each), first?.machine.name);
  if (apart.length === 0) yield* checkPublic(input, machines);
};

/** Those whose own interface is public. */
function publicMachines({ draft }: RuleInput): PublicMachine[] {
  const ranges = [...each(draft.network?.trusted)].flatMap(([, text]) => parseRange(text) ?? []);
  return [...eachMachine(draft)].flatMap(({ machine, path }) => {
    const address = addressOf(machine);
    if (address === undefined || whyUnusable(address) !== undefined || isPrivate(address)) return [];
    const block = segmentOf(machine);
    const trusted = ranges.some((range) => contains(range, address));
    return block === undefined ? [] : [{ machine, path, address, block, trusted }];
  });
}

/** Where its address is written. */
function placeOf({ machine, path }: PublicMachine): Path {
  return machine.ip === undefined ? [...path, 'network', 'address'] : [...path, 'ip'];
}

function shareWire(one: PublicMachine, other: PublicMachine): boolean {
  if (one.trusted && other.trusted) return true;
  return contains(one.block, other.address) || contains(other.block, one.address);
}

function refusal(path: Path, other: string | undefined): Finding {
  const name = other ?? 'another machine';
  const message = `${name} has an address in another public network: the pods’ traffic between them crosses networks that are not yours, and VXLAN does not encrypt it`;
  const remedy =
    'give both addresses in a network of your own, such as a tunnel’s; or name the networks in network.trusted, if every wire between them is yours; or choose cni: none and bring a network that encrypts';
  return error('untrusted-overlay', path, message, remedy);
}

function* checkPublic({ draft, isMisfit }: RuleInput, machines: readonly PublicMachine[]): Generator<Finding> {
  if ([...eachMachine(draft)].length < 2) return;
  const found = machines.find(
    ({ machine, path, trusted }) => !trusted && machine.role !== 'edge' && !isMisfit([...path, 'role']),
  );
  if (found === undefined) return;
  const message = 'the pods’ traffic to this machine passes a public address, and VXLAN does not encrypt it';
  const remedy =
    'give the machine’s address in a network of your own, or name its network in network.trusted if the wire to it is yours alone';
  yield warning('public-overlay', placeOf(found), message, remedy);
}
