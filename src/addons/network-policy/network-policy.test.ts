import { describe, expect, it } from 'vitest';
import { encodeYaml, type YamlValue } from '../../formats/yaml.js';
import { CLUSTER_SETTINGS } from '../../inventory/settings.js';
import type { Cluster } from '../../inventory/types.js';
import { planCluster } from '../../plan/index.js';
import { testCluster } from '../../plan/testing/cluster.js';
import { componentImages } from '../../releases/images.js';
import { policyCniConfiguration } from './cni.js';
import { networkPolicy } from './index.js';

const plan = (over: Partial<Cluster> = {}) => planCluster(testCluster(over));
const objects = networkPolicy.objects({ plan: plan(), images: componentImages('1.36.4', '3.6.14') });

describe('the network-policy addon', () => {
  it('renders what was reviewed', async () => {
    const documents = objects.map((object) => encodeYaml(object as unknown as YamlValue));
    await expect(documents.join('---\n')).toMatchFileSnapshot('golden/network-policy.yaml');
  });

  it('stands beside flannel and nothing else, unless it is turned off', () => {
    const off = { ...CLUSTER_SETTINGS.addons, networkPolicy: false };
    expect(networkPolicy.enabled(plan())).toBe(true);
    expect(networkPolicy.enabled(plan({ cni: 'none' }))).toBe(false);
    expect(networkPolicy.enabled(plan({ addons: off }))).toBe(false);
  });

  it('lets the agent and the plugin read, and nothing more', () => {
    const verbs = objects.flatMap(({ kind, rules }) =>
      kind === 'ClusterRole' ? (rules as { verbs: string[] }[]) : [],
    );
    expect(new Set(verbs.flatMap((rule) => rule.verbs))).toEqual(new Set(['get', 'list', 'watch']));
  });
});

it('makes a node Ready only when its pods can have an address', () => {
  const [pods] = objects.filter(({ kind }) => kind === 'DaemonSet') as unknown as {
    spec: { template: { spec: { initContainers: { name: string; command: string[] }[] } } };
  }[];
  const { initContainers } = pods?.spec.template.spec ?? { initContainers: [] };
  expect(initContainers.map(({ name }) => name)).toEqual(['install-cni', 'await-flannel']);
  expect(initContainers[1]?.command.at(-1)).toMatch(/^until .*\/run\/flannel\/subnet.env .*cp .*mv /);
});

describe('the CNI configuration beside the agent', () => {
  const configuration = JSON.parse(policyCniConfiguration());
  const [flannel] = configuration.plugins;

  it("is Calico's plugin behind flannel's, without a bridge that hides pods from the agent", () => {
    expect(flannel).toMatchObject({ type: 'flannel', delegate: { type: 'calico', include_default_routes: true } });
  });

  it('calls the network what flannel alone calls it, so that addresses stay reserved', () => {
    expect(configuration.name).toBe('cbr0');
  });

  it('speaks as the kubelet', () => {
    expect(flannel.delegate.kubernetes).toEqual({ kubeconfig: '/etc/kubernetes/kubeconfig/kubelet.yaml' });
  });
});
