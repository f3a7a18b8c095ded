import { describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../inventory/settings.js';
import type { Cluster, Machine } from '../inventory/types.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { dnsmasqConfig } from './dnsmasq.js';
import { freshCableSteps, namespaces, networkCommands } from './network-plan.js';
import { mirrorAddress, planLab } from './topology.js';

const ID = '69a5c6b5-418e-45cf-a5dd-d1bedf32a092';
const GUIDE = [
  testMachine('controller', '10.10.10.1', 'controller'),
  testMachine('worker1', '10.10.10.2'),
  testMachine('example.com', '123.234.234.123', 'edge'),
];

function plan(machines: readonly Machine[], over: Partial<Cluster> = {}) {
  return planLab(testCluster({ machines, ...over }), ID);
}

describe('the lab of the guide', () => {
  const lab = plan(GUIDE, { domains: [{ name: 'example.com', edges: ['example.com'] }] });

  it('has a LAN and a public segment, each with the router at its last address', () => {
    expect(lab.segments).toEqual([
      { name: 'lan0', network: '10.10.10.0', prefixLength: 24, public: false, routers: ['10.10.10.254'] },
      { name: 'public0', network: '123.234.234.0', prefixLength: 24, public: true, routers: ['123.234.234.254'] },
    ]);
    expect(mirrorAddress(lab)).toBe('10.10.10.254');
  });

  it('puts every machine into its segment, and a host of its own into each', () => {
    const places = [...lab.machines, ...lab.hosts].map(({ name, ip, segment }) => [name, ip, segment]);
    expect(places).toEqual([
      ['controller', '10.10.10.1', 'lan0'],
      ['worker1', '10.10.10.2', 'lan0'],
      ['example.com', '123.234.234.123', 'public0'],
      ['client', '123.234.234.253', 'public0'],
      ['lan', '10.10.10.253', 'lan0'],
    ]);
  });

  it('leaves a floating address to the edges that share it, and to the names they serve', () => {
    const machines = [...GUIDE, testMachine('edge2', '123.234.234.124', 'edge')];
    const domains = [{ name: 'example.com', edges: ['example.com', 'edge2'] }];
    const ingress = { ...CLUSTER_SETTINGS.ingress, floatingAddress: '123.234.234.254' };
    const floating = plan(machines, { domains, ingress });
    expect(floating.segments[1]?.routers).toEqual(['123.234.234.253']);
    expect(floating.dns.domains).toEqual([['example.com', ['123.234.234.254']]]);
  });

  it('has names and cables that are unique, and short enough for the kernel', () => {
    const ports = [...lab.machines, ...lab.hosts].map(({ port }) => port);
    const interfaces = [...ports, ...lab.segments.map(({ name }) => name)];
    expect(new Set(interfaces).size).toBe(interfaces.length);
    expect(interfaces.filter((name) => name.length > 15)).toEqual([]);
    expect(new Set(namespaces(lab)).size).toBe(namespaces(lab).length);
  });

  it('is the same at every run, and shares no name with that of another cluster', () => {
    expect(plan(GUIDE, { domains: [{ name: 'example.com', edges: ['example.com'] }] })).toEqual(lab);
    const other = planLab(testCluster({ machines: GUIDE }), '00000000-0000-4000-8000-000000000000');
    expect(namespaces(other).filter((name) => namespaces(lab).includes(name))).toEqual([]);
    expect(other.machines.map(({ mac }) => mac)).not.toEqual(lab.machines.map(({ mac }) => mac));
  });

  it('makes both ends of each cable inside namespaces', () => {
    const cables = networkCommands(lab).filter((command) => command.includes('veth'));
    expect(cables).toHaveLength(5);
    for (const command of cables) expect(command.filter((word) => word === 'netns')).toHaveLength(2);
  });

  it('lays a machine’s cable anew, and touches no other', () => {
    const [machine] = lab.machines;
    if (machine === undefined) throw new Error('no machine');
    const steps = freshCableSteps(lab, machine);
    expect(steps.map(({ mayFail }) => mayFail)).toEqual([true, true, false, false, false]);
    const cable = steps.map(({ command }) => command).filter((command) => command.includes('veth'));
    expect(networkCommands(lab)).toContainEqual(cable[0]);
    const words = new Set(steps.flatMap(({ command }) => command));
    expect(namespaces(lab).filter((name) => words.has(name))).toEqual([machine.namespace, namespaces(lab).at(-1)]);
  });

  it('tells machines their address, and everybody the names', () => {
    const lines = dnsmasqConfig(lab, '/leases').split('\n');
    expect(lines).toContain(`dhcp-host=${lab.machines[1]?.mac},10.10.10.2`);
    expect(lines).toContain('dhcp-range=set:lan0,10.10.10.0,static,255.255.255.0,12h');
    expect(lines).toContain('dhcp-option=tag:public0,option:router,123.234.234.254');
    expect(lines).toContain('host-record=worker1,10.10.10.2');
    expect(lines).toContain('address=/example.com/123.234.234.123');
    expect(lines).toContain('local=/#/');
    expect(lines.filter((line) => line.startsWith('server='))).toEqual([]);
  });
});

describe('other inventories', () => {
  it('get the segments they lack', () => {
    const lan = plan([testMachine('a', '192.168.7.1', 'controller')]);
    expect(lan.segments.map(({ name, network }) => [name, network])).toEqual([
      ['lan0', '192.168.7.0'],
      ['public0', '203.0.113.0'],
    ]);
    const rented = plan([testMachine('a', '123.4.5.6', 'controller')]);
    expect(rented.segments.map(({ public: open }) => open)).toEqual([true, false]);
    expect(mirrorAddress(rented)).toBe('10.213.0.254');
  });

  it('have the router where static networks say it is, and name servers too', () => {
    const network = { address: '10.0.4.9/20', gateway: '10.0.0.1', dns: ['9.9.9.9', '10.0.0.1', '2620:fe::fe'] };
    const lab = plan([testMachine('a', '10.0.4.9', 'controller', { network }), testMachine('b', '10.0.5.9')]);
    expect(lab.segments[0]).toMatchObject({ network: '10.0.0.0', prefixLength: 20, routers: ['10.0.0.1'] });
    expect(lab.machines.map(({ segment }) => segment)).toEqual(['lan0', 'lan0']);
    expect(lab.dns.servers).toEqual(['9.9.9.9', '10.0.0.1']);
    const added = networkCommands(lab).filter(
      (command) => command.includes('9.9.9.9/32') || command.includes('10.0.0.1/32'),
    );
    expect(added.map((command) => command.at(-3))).toEqual(['9.9.9.9/32']);
  });

  it('keep the MACs they name, and get an address where they name none', () => {
    const mac = '0c:c4:7a:00:00:01';
    const lab = plan([
      testMachine('a', '10.0.0.1', 'controller', { mac }),
      testMachine('b', '', 'worker', { ip: undefined }),
    ]);
    expect(lab.machines[0]?.mac).toBe(mac);
    expect(lab.machines[1]).toMatchObject({ ip: '10.0.0.253', segment: 'lan0' });
    expect(lab.dns.hosts).toContainEqual(['b', ['10.0.0.253']]);
  });

  it('move the router aside when a machine has the last address', () => {
    expect(plan([testMachine('a', '10.0.0.254', 'controller')]).segments[0]?.routers).toEqual(['10.0.0.253']);
  });

  it('translate a public address to the machine’s own, and show it in DNS', () => {
    const edge = testMachine('edge', '10.0.0.2', 'edge', { publicAddress: '198.51.100.7' });
    const domains = [{ name: 'shop.example', edges: ['edge'] }];
    const lab = plan([testMachine('a', '10.0.0.1', 'controller'), edge], { domains });
    expect(lab.translations).toEqual([{ publicAddress: '198.51.100.7', ip: '10.0.0.2' }]);
    expect(lab.dns.domains).toEqual([['shop.example', ['198.51.100.7']]]);
    expect(networkCommands(lab).filter((command) => command.includes('dnat'))).toHaveLength(1);
    expect(networkCommands(plan(GUIDE)).filter((command) => command.includes('nft'))).toEqual([]);
  });

  it('find every controller behind the endpoint’s name', () => {
    const machines = [testMachine('a', '10.0.0.1', 'controller'), testMachine('b', '10.0.0.2', 'controller')];
    const named = plan(machines, { endpoint: { host: 'kube.example', port: 6443 } });
    expect(named.dns.hosts).toContainEqual(['kube.example', ['10.0.0.1', '10.0.0.2']]);
    const byAddress = plan(machines, { endpoint: { host: '10.0.0.1', port: 6443 } });
    expect(byAddress.dns.hosts.map(([name]) => name)).toEqual(['a', 'b']);
  });
});
