import type { Finding, Path } from '../finding.js';
import { contains, explainBadIp, overlaps, parseIp, parseRange, type Range, whyUnusableRange } from '../ip.js';
import { parseHostPort } from '../names.js';
import { DEFAULTS } from '../schema.js';
import { eachMachine, error, type Rule, type RuleInput } from './rule.js';

/** Every node takes a /24 of the pod range (the controller manager's `--node-cidr-mask-size`). */
const NODE_PREFIX = 24;
/** The controller manager takes at most 2^16 node ranges, the API server at most 2^20 services. */
const SHORTEST_POD_PREFIX = 8;
const SHORTEST_SERVICE_PREFIX = 12;
/** Cluster DNS has the tenth address of the service range. */
const LONGEST_SERVICE_PREFIX = 28;

type Kind = 'pods' | 'services';
const FIELD: Readonly<Record<Kind, string>> = { pods: 'pod', services: 'service' };

/** The pod and service ranges: syntax, size, and what must not lie in them. */
export const checkRanges: Rule = function* (input) {
  const { draft } = input;
  const count = draft.machines?.length ?? 0;
  for (const kind of ['pods', 'services'] as const) yield* checkRange(kind, draft.network?.[kind]);
  const { pods, services } = settledRanges(input);
  if (pods !== undefined) yield* checkPodSize(pods, count, rangePath(input, 'pods'));
  if (services !== undefined) yield* checkServiceSize(services, rangePath(input, 'services'));
  if (pods !== undefined && services !== undefined && overlaps(pods, services)) {
    const path = rangePath(input, draft.network?.services === undefined ? 'pods' : 'services');
    const message = `the pod range ${pods.text} and the service range ${services.text} overlap`;
    yield error('overlapping-ranges', path, message, 'choose ranges that have no address in common');
  }
};

/** Where a range is written; a default one has no place but the list of machines. */
function rangePath({ draft }: RuleInput, kind: Kind): Path {
  return draft.network?.[kind] === undefined ? ['machines'] : ['network', kind];
}

/** The ranges in force, where they can be read. A field the shape check took out has no default. */
function settledRanges({ draft, isMisfit }: RuleInput): Record<Kind, Range | undefined> {
  const read = (kind: Kind, fallback: string) =>
    isMisfit(['network']) || isMisfit(['network', kind]) ? undefined : parseRange(draft.network?.[kind] ?? fallback);
  return { pods: read('pods', DEFAULTS.podRange), services: read('services', DEFAULTS.serviceRange) };
}

function* checkRange(kind: Kind, text: string | undefined): Generator<Finding> {
  if (text === undefined) return;
  const path = ['network', kind];
  const range = parseRange(text);
  const [address = '', length] = text.split('/');
  if (range === undefined) {
    if (parseIp(address) === undefined) {
      const { code, message, remedy } = explainBadIp(address);
      if (code === 'bad-ip') yield error('bad-range', path, message, 'write a range such as 10.2.0.0/16');
      else yield error(code, path, message, remedy);
    } else {
      const remedy = length === undefined ? `did you mean "${address}/16"?` : 'give a prefix length from 8 to 28';
      yield error('bad-range', path, `a ${FIELD[kind]} range needs a prefix length`, remedy);
    }
    return;
  }
  if (range.text !== text) {
    yield error('bad-range', path, `${text} is an address inside ${range.text}`, `did you mean "${range.text}"?`);
  }
  const reason = whyUnusableRange(range);
  if (reason !== undefined) {
    yield error('bad-range', path, `part of ${range.text} ${reason}`, 'choose a private range, such as 10.2.0.0/16');
  }
}

function* checkPodSize(pods: Range, count: number, path: Path) {
  if (pods.prefix < SHORTEST_POD_PREFIX) {
    yield error(
      'range-too-large',
      path,
      `the pod range ${pods.text} is larger than Kubernetes takes`,
      'choose a /8 or smaller',
    );
    return;
  }
  const capacity = pods.prefix > NODE_PREFIX ? 0 : 2 ** (NODE_PREFIX - pods.prefix);
  if (capacity >= Math.max(1, count)) return;
  const needed = NODE_PREFIX - Math.ceil(Math.log2(Math.max(1, count)));
  const message = `the pod range ${pods.text} holds ${capacity} machines at a /24 each, and there are ${count}`;
  yield error(
    'range-too-small',
    path,
    message,
    `choose a /${needed} or larger, such as network: {pods: 10.${needed < 13 ? '64' : '128'}.0.0/${needed}}`,
  );
}

function* checkServiceSize(services: Range, path: Path) {
  if (services.prefix < SHORTEST_SERVICE_PREFIX) {
    yield error(
      'range-too-large',
      path,
      `the service range ${services.text} is larger than Kubernetes takes`,
      'choose a /12 or smaller',
    );
  } else if (services.prefix > LONGEST_SERVICE_PREFIX) {
    const message = `the service range ${services.text} has no tenth address for cluster DNS`;
    yield error('range-too-small', path, message, 'choose a /24 or larger, such as 10.3.0.0/16');
  }
}

/** No machine, router, DNS server or network of a machine lies in the pod or service range. */
export const checkRangesAreFree: Rule = function* (input) {
  const ranges = Object.entries(settledRanges(input)).flatMap(([kind, range]) =>
    range === undefined ? [] : [{ name: `${FIELD[kind as Kind]} range ${range.text}`, range }],
  );
  for (const { text, path, what } of outerAddresses(input)) {
    const address = parseIp(text);
    const hit = address === undefined ? undefined : ranges.find(({ range }) => contains(range, address));
    if (hit !== undefined) {
      const remedy = 'give it an address outside, or choose other ranges under network: {pods, services}';
      yield error('address-in-range', path, `${what} ${text} lies in the ${hit.name}`, remedy);
    }
  }
  for (const { machine, path } of eachMachine(input.draft)) {
    const subnet = parseRange(machine.network?.address ?? '');
    const inside = parseIp(machine.network?.address?.split('/')[0] ?? '') ?? -1;
    const hit = subnet && ranges.find(({ range }) => overlaps(range, subnet) && !contains(range, inside));
    if (subnet && hit) {
      const message = `the machine’s subnet ${subnet.text} overlaps the ${hit.name}`;
      const remedy = 'choose other ranges under network: {pods, services}, or correct the prefix length';
      yield error('overlapping-ranges', [...path, 'network', 'address'], message, remedy);
    }
  }
};

interface OuterAddress {
  readonly text: string;
  readonly path: Path;
  readonly what: string;
}

function* outerAddresses({ draft }: RuleInput): Generator<OuterAddress> {
  for (const { machine, path } of eachMachine(draft)) {
    const { ip, publicAddress, network } = machine;
    if (ip !== undefined) yield { text: ip, path: [...path, 'ip'], what: 'the machine’s IP' };
    if (publicAddress !== undefined)
      yield { text: publicAddress, path: [...path, 'publicAddress'], what: 'the public address' };
    const [fixed = ''] = network?.address?.split('/') ?? [];
    if (fixed !== '' && fixed !== ip)
      yield { text: fixed, path: [...path, 'network', 'address'], what: 'the machine’s IP' };
    if (network?.gateway !== undefined)
      yield { text: network.gateway, path: [...path, 'network', 'gateway'], what: 'the gateway' };
    for (const [index, text] of (network?.dns ?? []).entries()) {
      if (text !== undefined) yield { text, path: [...path, 'network', 'dns', index], what: 'the DNS server' };
    }
  }
  for (const [index, text] of (draft.etcd?.external?.endpoints ?? []).entries()) {
    const host = parseHostPort(text?.replace(/^https:\/\//, '') ?? '')?.host;
    if (host !== undefined)
      yield { text: host, path: ['etcd', 'external', 'endpoints', index], what: 'the etcd member' };
  }
  const floating = draft.ingress?.floatingAddress;
  if (floating !== undefined)
    yield { text: floating, path: ['ingress', 'floatingAddress'], what: 'the floating address' };
  const host = parseHostPort(draft.endpoint ?? '')?.host;
  if (host !== undefined) yield { text: host, path: ['endpoint'], what: 'the endpoint' };
}
