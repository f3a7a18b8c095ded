import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Cluster, Machine } from '../inventory/types.js';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { kubeletFiles } from './kubelet.js';

const paths = { binDir: '/opt/bin', cniBinDir: '/opt/cni/bin', volumePluginDir: '/var/lib/kubelet/volumeplugins' };

function rendered(role: Machine['role'], over: Partial<Machine> = {}, settings: Partial<Cluster> = {}) {
  const controller = testMachine('controller', '10.10.10.1', 'controller');
  const machine = testMachine('m', '10.10.10.9', role, over);
  const plan = planCluster(testCluster({ machines: [controller, machine], ...settings }));
  const node = plan.nodes[1];
  if (node === undefined) throw new Error('no node');
  const [config, env] = kubeletFiles(plan, node, paths).map(({ content }) => Buffer.from(content).toString());
  return { config: parse(config ?? '') as Record<string, unknown>, args: env ?? '' };
}

describe('kubeletFiles', () => {
  it('closes the kubelet to strangers', () => {
    expect(rendered('worker').config).toMatchObject({
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
      authorization: { mode: 'Webhook' },
      readOnlyPort: 0,
      rotateCertificates: true,
    });
  });

  it('points pods at cluster DNS', () => {
    expect(rendered('worker').config).toMatchObject({ clusterDNS: ['10.3.0.10'], clusterDomain: 'cluster.local' });
  });

  it('keeps ordinary pods off controllers, unless those are to take them', () => {
    const taint = { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' };
    expect(rendered('worker').config).toMatchObject({ registerWithTaints: [] });
    expect(rendered('controller').config).toMatchObject({ registerWithTaints: [taint] });
    expect(rendered('controller', {}, { schedulableControllers: true }).config).toMatchObject({
      registerWithTaints: [],
    });
  });

  it('takes the user’s own configuration, object by object', () => {
    const config = { systemReserved: { memory: '1Gi' }, clusterDNS: ['10.0.0.1'], maxPods: 50 };
    const components = { ...testCluster().components, kubelet: { flags: {}, config } };
    expect(rendered('worker', {}, { components }).config).toMatchObject({
      systemReserved: { cpu: '100m', memory: '1Gi' },
      clusterDNS: ['10.0.0.1'],
      maxPods: 50,
      readOnlyPort: 0,
    });
  });

  it('ends etcd last and all within a minute', () => {
    const groups = rendered('controller').config.shutdownGracePeriodByPodPriority as {
      priority: number;
      shutdownGracePeriodSeconds: number;
    }[];
    expect(groups.map(({ priority }) => priority)).toEqual([0, 2000000000, 2000001000]);
    expect(groups.reduce((sum, { shutdownGracePeriodSeconds: seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(60);
  });

  it('gives edges the guide’s label, and every machine its own labels and taints', () => {
    const taint = { key: 'dedicated', value: 'db', effect: 'NoExecute' } as const;
    const { args, config } = rendered('edge', { labels: { rack: 'r1' }, taints: [taint] });
    expect(args).toContain('--node-labels=role=edge-router,rack=r1');
    expect(config.registerWithTaints).toEqual([taint]);
  });

  it('looks often whether it is Ready, and writes what has not changed as seldom as ever', () => {
    expect(rendered('worker').config).toMatchObject({
      nodeStatusUpdateFrequency: '3s',
      nodeStatusReportFrequency: '5m0s',
    });
  });

  it('names the node by its address when asked', () => {
    expect(rendered('worker', {}, { nodeNames: 'ip' }).args).toContain(
      '--hostname-override=10.10.10.9 --node-ip=10.10.10.9',
    );
  });
});
