import type { DraftMachine } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { explainBadIp, formatIp, isPrivate, parseIp, parseRange, type Range, whyUnusable } from '../ip.js';
import { eachMachine, error, findDuplicates, type Rule, warning } from './rule.js';

/** The address a machine is known by: `ip`, else the static one. */
export function addressOf(machine: DraftMachine): number | undefined {
  if (machine.ip !== undefined && machine.ip !== 'dhcp') return parseIp(machine.ip);
  return parseIp(machine.network?.address?.split('/')[0] ?? '');
}

/** What one provider usually makes one segment of, where the inventory does not say how large it is. */
const USUAL_PREFIX = 24;

/** The network a machine's own address is in: what `network: {address: …}` says, else the usual one around it. */
export function segmentOf(machine: DraftMachine): Range | undefined {
  const said = parseRange(machine.network?.address ?? '');
  const address = addressOf(machine);
  return said ?? (address === undefined ? undefined : parseRange(`${formatIp(address)}/${USUAL_PREFIX}`));
}

/** One address: its syntax, and whether a machine can have it. Used by every rule that reads addresses. */
export function* checkAddress(text: string, path: Path): Generator<Finding> {
  const address = parseIp(text);
  if (address === undefined) {
    const { code, message, remedy } = explainBadIp(text);
    yield error(code, path, message, remedy);
    return;
  }
  const reason = whyUnusable(address);
  if (reason !== undefined)
    yield error('unusable-address', path, `${text} ${reason}`, 'give an address that a machine can have');
}

/** `ip` and `publicAddress` of every machine. */
export const checkMachineAddresses: Rule = function* ({ draft, isMisfit }) {
  for (const { machine, path } of eachMachine(draft)) {
    const { ip, publicAddress } = machine;
    if (ip !== undefined && ip !== 'dhcp') yield* checkAddress(ip, [...path, 'ip']);
    if (publicAddress !== undefined) yield* checkPublicAddress(publicAddress, [...path, 'publicAddress']);
    if (machine.role === 'controller' && !hasKnownAddress(machine) && !isMisfit([...path, 'ip'])) {
      const message = 'a controller needs a known IP: the members of etcd are fixed before the first boot';
      const remedy = 'give it an ip, and have DHCP reserve it or add network: {address: …}';
      yield error('controller-without-ip', ip === undefined ? path : [...path, 'ip'], message, remedy);
    }
  }
};

/** Whether the file says where the machine is; otherwise DHCP decides. */
export function hasKnownAddress({ ip, network }: DraftMachine): boolean {
  return (ip !== undefined && ip !== 'dhcp') || network?.address !== undefined;
}

function* checkPublicAddress(text: string, path: Path) {
  yield* checkAddress(text, path);
  const address = parseIp(text);
  if (address !== undefined && whyUnusable(address) === undefined && isPrivate(address)) {
    const message = `${text} is a private address: the Internet cannot reach it`;
    yield warning('private-public-address', path, message, 'give the address that the world sees');
  }
}

/** Each address belongs to one machine. */
export const checkDuplicateAddresses: Rule = function* ({ draft, lineOf }) {
  const owned = [...eachMachine(draft)].flatMap(({ machine, path, index }) =>
    ownedAddresses(machine, path).map((item) => ({ ...item, index })),
  );
  for (const [{ key, path, index }, first] of findDuplicates(owned)) {
    if (index === first.index) continue;
    const message = `the IP ${key} is used twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-ip', path, message, 'give each machine its own address');
  }
};

/** Own addresses of a machine, each once. */
function ownedAddresses({ ip, publicAddress, network }: DraftMachine, path: Path) {
  const statically = network?.address?.split('/')[0];
  const candidates = [
    { key: ip, path: [...path, 'ip'] },
    { key: statically, path: [...path, 'network', 'address'] },
    { key: publicAddress, path: [...path, 'publicAddress'] },
  ];
  const seen = new Set<string>();
  return candidates.flatMap(({ key, path }) => {
    if (key === undefined || parseIp(key) === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ key, path }];
  });
}

/** Edge machines face the Internet, so one of their addresses should be public. */
export const checkEdgeAddresses: Rule = function* ({ draft }) {
  for (const { machine, path } of eachMachine(draft)) {
    if (machine.role !== 'edge' || machine.publicAddress !== undefined) continue;
    const address = addressOf(machine);
    if (address !== undefined && whyUnusable(address) === undefined && isPrivate(address)) {
      const at = machine.ip === undefined ? [...path, 'network', 'address'] : [...path, 'ip'];
      const message = 'this edge has a private address: DNS cannot show it to the world';
      yield warning('private-edge', at, message, 'add publicAddress: the address that your router translates to it');
    } else if (!hasKnownAddress(machine)) {
      const message = 'this edge has no known address: DNS needs one';
      yield warning(
        'edge-without-address',
        machine.ip === undefined ? path : [...path, 'ip'],
        message,
        'add ip or publicAddress',
      );
    }
  }
};

/** MAC addresses: six bytes, of one interface, each once. */
export const checkMacs: Rule = function* ({ draft, lineOf }) {
  const macs = [...eachMachine(draft)].flatMap(({ machine, path }) =>
    machine.mac === undefined ? [] : [{ key: normaliseMac(machine.mac), text: machine.mac, path: [...path, 'mac'] }],
  );
  for (const { key, text, path } of macs) yield* checkMac(key, text, path);
  const good = macs.filter(({ key }) => MAC.test(key));
  for (const [{ key, path }, first] of findDuplicates(good)) {
    const message = `the MAC ${key} is used twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-mac', path, message, 'give each machine the MAC of its own interface');
  }
};

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Lower-case with colons, if it was written with hyphens. */
export function normaliseMac(text: string): string {
  return /^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/i.test(text) ? text.toLowerCase().replaceAll('-', ':') : text.toLowerCase();
}

function* checkMac(mac: string, text: string, path: Path) {
  if (!MAC.test(mac)) {
    const digits = text.replace(/[^0-9a-f]/gi, '').toLowerCase();
    const near = digits.length === 12 && text.length <= 17 ? (digits.match(/../g) ?? []).join(':') : undefined;
    const remedy = near === undefined ? 'write six bytes, such as 52:54:00:12:34:56' : `did you mean "${near}"?`;
    yield error('bad-mac', path, 'this is no MAC address', remedy);
  } else if (mac === '00:00:00:00:00:00' || Number.parseInt(mac.slice(0, 2), 16) % 2 === 1) {
    yield error(
      'bad-mac',
      path,
      'no interface has this MAC address: it is a group’s or empty',
      'look it up on the machine: ip link',
    );
  }
}

/** Static networks: an address of a subnet, a gateway in it. */
export const checkStaticNetworks: Rule = function* ({ draft }) {
  for (const { machine, path } of eachMachine(draft)) {
    const { network } = machine;
    if (network === undefined) continue;
    const here = [...path, 'network'];
    yield* checkStaticAddress(machine, network.address, here);
    yield* checkGateway(network, here);
    for (const [index, server] of (network.dns ?? []).entries()) {
      if (server !== undefined) yield* checkServer(server, [...here, 'dns', index]);
    }
    if (machine.mac === undefined) {
      const message = 'a static network without a MAC goes to the machine’s only interface, and fails if there are two';
      yield {
        ...warning('static-network-without-mac', here, message, 'add mac: the MAC of the interface'),
        at: 'key' as const,
      };
    }
  }
};

type DraftNetwork = NonNullable<DraftMachine['network']>;

function* checkStaticAddress(machine: DraftMachine, address: string | undefined, here: Path) {
  if (address === undefined) return;
  const path = [...here, 'address'];
  const subnet = parseRange(address);
  const [host = ''] = address.split('/', 1);
  const ip = parseIp(host);
  if (ip === undefined) {
    yield* checkAddress(host, path);
    return;
  }
  if (subnet === undefined || subnet.prefix === 0) {
    yield error('bad-range', path, 'an address with its prefix length belongs here', `did you mean "${host}/24"?`);
    return;
  }
  yield* checkAddress(host, path);
  if (subnet.prefix < 31 && (ip === subnet.first || ip === subnet.last)) {
    const kind = ip === subnet.first ? 'network' : 'broadcast';
    yield error(
      'unusable-address',
      path,
      `${host} is the ${kind} address of ${subnet.text}`,
      'give an address between them',
    );
  }
  if (machine.ip !== undefined && machine.ip !== 'dhcp' && parseIp(machine.ip) !== undefined && machine.ip !== host) {
    yield error(
      'address-mismatch',
      path,
      `the static address ${host} is not the machine’s ip ${machine.ip}`,
      'make both the same',
    );
  }
  if (machine.ip === 'dhcp') {
    yield error('address-mismatch', path, 'a static address and ip: dhcp exclude each other', 'remove one of them');
  }
}

function* checkGateway(network: DraftNetwork, here: Path) {
  if (network.gateway === undefined) return;
  const path = [...here, 'gateway'];
  yield* checkAddress(network.gateway, path);
  const gateway = parseIp(network.gateway);
  const subnet = parseRange(network.address ?? '');
  if (gateway === undefined || subnet === undefined || subnet.prefix === 32) return;
  if (gateway < subnet.first || gateway > subnet.last) {
    yield error(
      'gateway-outside',
      path,
      `the gateway is not in the machine’s subnet ${subnet.text}`,
      'correct the gateway or the prefix length',
    );
  } else if (network.gateway === network.address?.split('/')[0]) {
    yield error('gateway-outside', path, 'the machine is its own gateway', 'give the router’s address');
  } else if (subnet.prefix < 31 && (gateway === subnet.first || gateway === subnet.last)) {
    yield error(
      'unusable-address',
      path,
      `${network.gateway} is the network or broadcast address of ${subnet.text}`,
      'give the router’s address',
    );
  }
}

/** A DNS server may be on the machine itself (127.0.0.0/8), though CoreDNS would then ask itself. */
function* checkServer(text: string, path: Path) {
  const address = parseIp(text);
  if (address !== undefined && address >>> 24 === 127) {
    const message = 'a loopback address as DNS server: cluster DNS would ask itself for ever';
    yield error('unusable-address', path, message, 'give the address of a DNS server in the network');
  } else yield* checkAddress(text, path);
}
