import { describe, expect, it } from 'vitest';
import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster } from '../../inventory/types.js';
import { planCluster } from '../../plan/index.js';
import { testCluster, testMachine } from '../../plan/testing/cluster.js';
import { floatingFiles } from './index.js';

const ADDRESS = { ingress: { ...CLUSTER_SETTINGS.ingress, floatingAddress: '123.234.234.200' } };
const EDGES = { machines: [...testCluster().machines, testMachine('edge2', '123.234.234.124', 'edge')] };

function filesOf(machine: string, over: Partial<Cluster> = {}): Map<string, string> {
  const plan = planCluster(testCluster({ ...EDGES, ...ADDRESS, ...over }));
  const node = plan.nodes.find((each) => each.machine.name === machine);
  if (node === undefined) throw new Error(`no machine ${machine}`);
  const files = floatingFiles(plan, node, 'lan/keepalived:1');
  return new Map(files.map(({ path, content }) => [path, Buffer.from(content).toString()]));
}

const configuration = (...about: Parameters<typeof filesOf>) =>
  filesOf(...about).get('/etc/kubernetes/floating/keepalived.conf');

describe('the floating address', () => {
  it('is shared as reviewed', async () => {
    const files = filesOf('example.com');
    expect([...files.keys()]).toEqual([
      '/etc/kubernetes/manifests/ironkeel-floating.yaml',
      '/etc/kubernetes/floating/keepalived.conf',
      '/etc/kubernetes/floating/run.sh',
    ]);
    await expect(files.get('/etc/kubernetes/manifests/ironkeel-floating.yaml')).toMatchFileSnapshot('golden/pod.yaml');
    await expect(configuration('example.com')).toMatchFileSnapshot('golden/example.com.conf');
  });

  it('belongs to edges alone, and to none where the inventory has none', () => {
    expect(filesOf('worker1').size).toBe(0);
    expect(filesOf('controller').size).toBe(0);
    expect(filesOf('example.com', { ingress: CLUSTER_SETTINGS.ingress }).size).toBe(0);
  });

  it('leaves an edge whose ingress is not well, whatever the pods behind it are', () => {
    expect(configuration('edge2')).toContain('--fail http://127.0.0.1:7445/ping"');
    const ingress = { ...ADDRESS.ingress, controller: 'none' } as const;
    expect(configuration('edge2', { ingress })).toContain(' http://127.0.0.1/"');
  });

  it('goes first to the first edge, and each tells all others', () => {
    expect(configuration('example.com')).toMatch(/priority 200\n[^}]*unicast_peer {\n\s*123\.234\.234\.124\n\s*}/);
    expect(configuration('edge2')).toMatch(/priority 199\n[^}]*unicast_peer {\n\s*123\.234\.234\.123\n\s*}/);
  });
});
