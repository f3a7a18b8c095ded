import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster } from '../../inventory/types.js';
import { planCluster } from '../../plan/index.js';
import { testCluster } from '../../plan/testing/cluster.js';
import { kubeProxyConfiguration, kubeProxyKubeconfig } from './configuration.js';

function configuration(over: Partial<Cluster> = {}, extra?: Record<string, unknown>) {
  return parse(kubeProxyConfiguration(planCluster(testCluster(over)), extra)) as Record<string, unknown>;
}

function withOwn(config: Record<string, unknown>): Partial<Cluster> {
  return { components: { ...CLUSTER_SETTINGS.components, kubeProxy: { flags: {}, config } } };
}

describe('kubeProxyConfiguration', () => {
  it('is nftables, and answers NodePorts on private addresses alone', () => {
    expect(configuration()).toMatchObject({ mode: 'nftables', clusterCIDR: '10.2.0.0/16' });
    expect(configuration()['nodePortAddresses']).toEqual(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
    const firewall = { enabled: true, nodes: ['203.0.113.0/24'] };
    expect(configuration({ firewall })['nodePortAddresses']).toContain('203.0.113.0/24');
  });

  it('shows its metrics to its own machine', () => {
    expect(configuration()).toMatchObject({ metricsBindAddress: '127.0.0.1:10249' });
  });

  it('lets the user’s fields win, mappings field by field', () => {
    const over = withOwn({ nftables: { syncPeriod: '10s' }, nodePortAddresses: ['primary'] });
    expect(configuration(over)['nodePortAddresses']).toEqual(['primary']);
    expect(configuration(over, { nftables: { masqueradeBit: 15 } })['nftables']).toEqual({
      syncPeriod: '10s',
      masqueradeBit: 15,
    });
  });

  it('takes a field away for null', () => {
    expect(configuration(withOwn({ nodePortAddresses: null }))).not.toHaveProperty('nodePortAddresses');
  });
});

it('reaches the API through the balancer of its node', () => {
  expect(parse(kubeProxyKubeconfig())).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:7443' } }],
  });
});
