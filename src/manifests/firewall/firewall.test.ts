import { describe, expect, it } from 'vitest';
import { encodeNftTable } from '../../formats/nftables.js';
import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster } from '../../inventory/types.js';
import { planCluster } from '../../plan/index.js';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import { firewallFiles } from './index.js';

function rulesOf(machine: string, over: Partial<Cluster> = {}): string {
  const plan = planCluster(testCluster(over));
  const node = plan.nodes.find((each) => each.machine.name === machine);
  if (node === undefined) throw new Error(`no machine ${machine}`);
  return firewallFiles(plan, node)
    .map(({ content }) => new TextDecoder().decode(content))
    .join('');
}

const settings = (over: Partial<Cluster['firewall']>) => ({ firewall: { ...CLUSTER_SETTINGS.firewall, ...over } });

describe('the firewall', () => {
  it.each(['controller', 'worker1', 'example.com'])('of %s is as reviewed', async (machine) => {
    await expect(rulesOf(machine)).toMatchFileSnapshot(`golden/${machine}.nft`);
  });

  it('opens the API and etcd on controllers alone', () => {
    expect(rulesOf('controller')).toContain('tcp dport 6443 accept');
    expect(rulesOf('worker1')).not.toMatch(/6443|2379/);
    expect(
      rulesOf('controller', { etcd: { external: { endpoints: [], ca: '', certificate: '', key: '' } } }),
    ).not.toMatch(/2379/);
  });

  it('opens the web on edges alone, and SSH there only to private ranges and nodes', () => {
    expect(rulesOf('example.com')).toContain('tcp dport { 80, 443 } accept');
    expect(rulesOf('example.com')).not.toMatch(/^\s*tcp dport 22 accept/m);
    expect(rulesOf('worker1')).toMatch(/^\s*tcp dport 22 accept/m);
    expect(rulesOf('worker1')).not.toContain('{ 80, 443 }');
  });

  it('lets anybody reach the web of an edge and no other port, whatever listens there', () => {
    const accepting = rulesOf('example.com')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.endsWith(' accept') && line.includes('dport') && !line.includes('saddr'));
    expect(accepting).toEqual(['udp sport 67 udp dport 68 accept', 'tcp dport { 80, 443 } accept']);
  });

  it('lets edges that share an address speak of it, and nobody else', () => {
    const machines = [...testCluster().machines, testMachine('edge2', '123.234.234.124', 'edge')];
    const ingress = { ...CLUSTER_SETTINGS.ingress, floatingAddress: '123.234.234.200' };
    expect(rulesOf('edge2', { machines, ingress })).toContain('ip saddr { 123.234.234.123 } ip protocol vrrp accept');
    expect(rulesOf('worker1', { machines, ingress })).not.toContain('vrrp');
    expect(rulesOf('edge2', { machines })).not.toContain('vrrp');
    expect(rulesOf('example.com', { ingress })).not.toContain('vrrp');
  });

  it('keeps SSH and the API to the ranges that the inventory names, and to nodes', () => {
    const rules = rulesOf('controller', settings({ ssh: ['192.0.2.0/24', '2001:db8::/32'], api: ['192.0.2.7'] }));
    expect(rules).toContain('ip saddr @ssh tcp dport 22 accept');
    expect(rules).toContain('ip6 saddr @ssh6 tcp dport 22 accept');
    expect(rules).toContain('elements = { 2001:db8::/32 }');
    expect(rules).toContain('ip saddr @api tcp dport 6443 accept');
    expect(rules).not.toMatch(/^\s*tcp dport (22|6443) accept/m);
  });

  it('keeps NodePorts, wherever they are, to those who are near, and on an edge to the cluster', () => {
    const apiServer = { flags: { 'service-node-port-range': '20000-20999' }, config: {} };
    const components = { ...CLUSTER_SETTINGS.components, apiServer };
    expect(rulesOf('worker1')).toMatch(/ip saddr != @near meta l4proto .* th dport 30000-32767 drop/);
    expect(rulesOf('example.com')).toMatch(/ip saddr != @nodes meta l4proto .* th dport 30000-32767 drop/);
    expect(rulesOf('example.com', { components })).toContain('th dport 20000-20999 drop');
  });

  it('trusts nodes where the pod network is the user’s own', () => {
    expect(rulesOf('worker1', { cni: 'none' })).toContain('ip saddr @nodes accept\n');
    expect(rulesOf('worker1', { cni: 'none' })).not.toContain('8472');
  });

  it('does not change for a machine more within the ranges that are nodes', () => {
    const ranges = settings({ nodes: ['10.10.10.0/24'] });
    const machines = testCluster().machines.map((each) =>
      each.name === 'worker2' ? { ...each, ip: '10.10.10.99' } : each,
    );
    expect(rulesOf('worker1', { ...ranges, machines })).toBe(rulesOf('worker1', ranges));
    expect(rulesOf('worker1', { machines })).not.toBe(rulesOf('worker1'));
    expect(rulesOf('worker1', ranges)).toContain('elements = { 10.10.10.0/24, 123.234.234.123 }');
  });

  it('is absent where it is turned off', () => {
    expect(rulesOf('worker1', settings({ enabled: false }))).toBe('');
  });
});

describe('encodeNftTable', () => {
  const table = (rule: string) => ({ family: 'inet', name: 't', sets: {}, chains: { c: { rules: [rule] } } }) as const;

  it.each(['accept; flush ruleset', 'accept }\ntable inet x {', 'accept # and more'])(
    'refuses %j as one rule',
    (rule) => {
      expect(() => encodeNftTable(table(rule))).toThrow(TypeError);
    },
  );

  it('refuses what is no address', () => {
    const sets = { s: { type: 'ipv4_addr', elements: ['1.2.3.4 }'] } } as const;
    expect(() => encodeNftTable({ family: 'inet', name: 't', sets, chains: {} })).toThrow(TypeError);
  });
});
