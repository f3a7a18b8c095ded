import { routerNamespace } from './topology.js';
import type { LabHost, LabPlan, Segment, Station } from './types.js';

/** One command line: a program and its arguments. */
export type Command = readonly string[];

/**
 * The commands that make a lab's network, in order. Every interface is made inside the lab's namespaces, both ends
 * of each cable, so the host's own namespace never sees one.
 */
export function networkCommands(plan: LabPlan): Command[] {
  const router = routerNamespace(plan);
  const inside = (...command: string[]): Command => ['nsenter', `--net=/run/netns/${router}`, ...command];
  return [
    ...[router, ...stations(plan).map(({ namespace }) => namespace)].map(
      (name): Command => ['ip', 'netns', 'add', name],
    ),
    ['ip', '-n', router, 'link', 'set', 'lo', 'up'],
    ...plan.segments.flatMap((segment) => bridgeCommands(router, segment)),
    ...stations(plan).flatMap((station) => cableCommands(router, station)),
    ...plan.hosts.flatMap((host) => hostCommands(host, plan)),
    // The router answers where a static network says a name server is.
    ...plan.dns.servers
      .filter((server) => !plan.segments.some(({ routers }) => routers.includes(server)))
      .map((server): Command => ['ip', '-n', router, 'address', 'add', `${server}/32`, 'dev', 'lo']),
    ...translationCommands(plan, router, inside),
    inside('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'),
  ];
}

/** Everything with a cable. */
export function stations({ machines, hosts }: LabPlan): readonly Station[] {
  return [...hosts, ...machines];
}

function bridgeCommands(router: string, { name, prefixLength, routers }: Segment): Command[] {
  return [
    ['ip', '-n', router, 'link', 'add', name, 'type', 'bridge', 'forward_delay', '0'],
    ...routers.map((each): Command => ['ip', '-n', router, 'address', 'add', `${each}/${prefixLength}`, 'dev', name]),
    ['ip', '-n', router, 'link', 'set', name, 'up'],
  ];
}

/** A step that makes room for what follows: that there is nothing to remove is fine. */
export interface Step {
  readonly command: Command;
  readonly mayFail: boolean;
}

/**
 * Gives a machine that is off a new network namespace, with nothing in it but its cable: no interface, route or rule
 * outlives a machine that loses its power, and none a reboot.
 */
export function freshCableSteps(plan: LabPlan, station: Station): readonly Step[] {
  const router = routerNamespace(plan);
  const { namespace, port } = station;
  const removal: Command[] = [
    ['ip', '-n', router, 'link', 'delete', port],
    ['ip', 'netns', 'delete', namespace],
  ];
  const making: Command[] = [['ip', 'netns', 'add', namespace], ...cableCommands(router, station)];
  return [
    ...removal.map((command) => ({ command, mayFail: true })),
    ...making.map((command) => ({ command, mayFail: false })),
  ];
}

function cableCommands(router: string, { namespace, mac, port, segment }: Station): Command[] {
  const peer = ['peer', 'name', port, 'netns', router];
  return [
    ['ip', 'link', 'add', 'eth0', 'address', mac, 'netns', namespace, 'type', 'veth', ...peer],
    ['ip', '-n', router, 'link', 'set', port, 'master', segment, 'up'],
  ];
}

function hostCommands({ namespace, ip, segment }: LabHost, { segments }: LabPlan): Command[] {
  const { prefixLength = 24, routers: [gateway = ''] = [] } = segments.find(({ name }) => name === segment) ?? {};
  return [
    ['ip', '-n', namespace, 'link', 'set', 'lo', 'up'],
    ['ip', '-n', namespace, 'address', 'add', `${ip}/${prefixLength}`, 'dev', 'eth0'],
    ['ip', '-n', namespace, 'link', 'set', 'eth0', 'up'],
    ['ip', '-n', namespace, 'route', 'add', 'default', 'via', gateway],
  ];
}

/** One-to-one translation; all other packets pass as they are. */
function translationCommands(plan: LabPlan, router: string, inside: (...command: string[]) => Command): Command[] {
  if (plan.translations.length === 0) return [];
  const bridge = plan.segments.find((segment) => segment.public)?.name ?? '';
  const chain = (name: string, hook: string, priority: string) =>
    inside('nft', 'add', 'chain', 'ip', 'lab', name, `{ type nat hook ${hook} priority ${priority}; }`);
  return [
    inside('nft', 'add', 'table', 'ip', 'lab'),
    chain('in', 'prerouting', 'dstnat'),
    chain('out', 'postrouting', 'srcnat'),
    ...plan.translations.flatMap(({ publicAddress, ip }): Command[] => [
      ['ip', '-n', router, 'address', 'add', `${publicAddress}/32`, 'dev', bridge],
      inside('nft', 'add', 'rule', 'ip', 'lab', 'in', 'ip', 'daddr', publicAddress, 'dnat', 'to', ip),
      inside(
        'nft',
        'add',
        'rule',
        'ip',
        'lab',
        'out',
        'ip',
        'saddr',
        ip,
        'oifname',
        bridge,
        'snat',
        'to',
        publicAddress,
      ),
    ]),
  ];
}

/** Namespaces of the lab, the router's last. */
export function namespaces(plan: LabPlan): readonly string[] {
  return [...stations(plan).map(({ namespace }) => namespace), routerNamespace(plan)];
}
