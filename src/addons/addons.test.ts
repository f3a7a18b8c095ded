import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { encodeYamlDocuments, type YamlValue } from '../formats/yaml.js';
import type { Cluster } from '../inventory/types.js';
import { operatingSystems } from '../os/registry.js';
import { planCluster } from '../plan/index.js';
import { testCluster, testMachine } from '../plan/testing/cluster.js';
import { componentImages } from '../releases/images.js';
import { ACME_CLUSTER } from './cert-manager/testing/cluster.js';
import { addonFiles, addons, type KubernetesObject, nodeImages } from './index.js';

const images = componentImages('1.36.4', '3.6.14');
const plan = planCluster(testCluster());
/** With every addon there is. */
const full = planCluster(testCluster(ACME_CLUSTER));
const texts = (over: Partial<Cluster> = {}) =>
  new Map(
    addonFiles(planCluster(testCluster(over)), images).map(({ path, content }) => [
      path.replace('/etc/kubernetes/addons/', ''),
      Buffer.from(content).toString(),
    ]),
  );
const everything = addons.flatMap((addon) => addon.objects({ plan: full, images }));

interface PodSpec {
  readonly priorityClassName?: string;
  readonly securityContext?: { readonly seccompProfile?: object; readonly runAsNonRoot?: boolean };
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface Container {
  readonly image: string;
  readonly resources?: { readonly requests?: { readonly cpu?: string; readonly memory?: string } };
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

const podsOf = (object: KubernetesObject) => (object['spec'] as { template: { spec: PodSpec } }).template.spec;
const workloads = everything.filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment');

/** These have golden files and tests of their own. */
const OWN_TESTS = ['network-policy', 'cert-manager'];

describe.each(addons.filter(({ name }) => !OWN_TESTS.includes(name)))('the addon $name', (addon) => {
  it('renders what was reviewed', async () => {
    const documents = addon.objects({ plan, images }) as unknown as YamlValue[];
    await expect(encodeYamlDocuments(documents)).toMatchFileSnapshot(`${addon.name}/golden/${addon.name}.yaml`);
  });
});

describe('every addon', () => {
  it.each(workloads.map((object) => [object.metadata.name, podsOf(object)] as const))(
    'says for the pods of %s what they need and how important they are',
    (_, { priorityClassName, containers, initContainers = [] }) => {
      expect(priorityClassName).toMatch(/^system-(node|cluster)-critical$/);
      for (const { resources } of [...containers, ...initContainers]) {
        expect(resources?.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      }
    },
  );

  it('runs only images that are named to be preloaded', () => {
    for (const addon of addons) {
      const named = addon.images.map((component) => images[component]);
      const run = addon
        .objects({ plan: full, images })
        .filter((object) => workloads.some(({ metadata }) => metadata.name === object.metadata.name && object['spec']))
        .filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment')
        .flatMap((object) => [...podsOf(object).containers, ...(podsOf(object).initContainers ?? [])]);
      expect(named).toEqual(expect.arrayContaining(run.map(({ image }) => image)));
    }
  });

  it('confines every pod but those that set up the machine', () => {
    const loose = workloads.filter((object) => {
      const { containers } = podsOf(object);
      return containers.some(({ securityContext }) => securityContext?.['allowPrivilegeEscalation'] !== false);
    });
    expect(loose.map(({ metadata }) => metadata.name).filter((name) => name !== 'network-policy')).toEqual([
      'kube-proxy',
    ]);
  });
});

describe('addonFiles', () => {
  it('numbers the files in the order they are applied, the numbers standing still when one is left out', () => {
    expect([...texts().keys()].slice(0, 3)).toEqual(['10-rbac.yaml', '11-kube-proxy.yaml', '12-flannel.yaml']);
    expect([...texts({ cni: 'none' }).keys()].slice(0, 3)).toEqual([
      '10-rbac.yaml',
      '11-kube-proxy.yaml',
      '14-coredns.yaml',
    ]);
  });

  it('leaves out what the inventory turns off', () => {
    const names = [
      ...texts({ addons: { metricsServer: false, localStorage: false, networkPolicy: false, headlamp: false } }).keys(),
    ];
    expect(names.filter((name) => /metrics|local|policy|headlamp/.test(name))).toEqual([]);
  });

  it('labels every object as ours and names each above its document', () => {
    const all = [...texts(ACME_CLUSTER)].filter(([name]) => name.endsWith('.yaml')).map(([, text]) => text);
    const documents = all.flatMap((text) => parseAllDocuments(text).map((each) => each.toJS() as KubernetesObject));
    const enabled = addons
      .filter((addon) => addon.enabled(full))
      .flatMap((addon) => addon.objects({ plan: full, images }));
    expect(documents).toHaveLength(enabled.length);
    for (const { metadata } of documents) expect(metadata.labels).toMatchObject({ 'ironkeel.dev/managed': 'true' });
    const names = all.join('').match(/^# object .*$/gm) ?? [];
    expect(new Set(names).size).toBe(enabled.length);
    expect(names).toContain('# object ConfigMap.v1. kube-system coredns');
    expect(names).toContain('# object StorageClass.v1.storage.k8s.io - local-path');
  });

  it('is the same for the same cluster, and small enough for a drive', () => {
    expect(texts()).toEqual(texts());
    expect(Math.max(...[...texts().values()].map(({ length }) => length))).toBeLessThan(100_000);
  });
});

describe('the table of nodes', () => {
  const table = (over: Partial<Cluster> = {}) => texts(over).get('nodes');

  it('has roles, the guide’s label on edges, and the taint of the control plane', () => {
    expect(table()).toBe(
      [
        'node controller',
        'label node-role.kubernetes.io/control-plane=',
        'taint node-role.kubernetes.io/control-plane=:NoSchedule',
        'node worker1',
        'label node-role.kubernetes.io/worker=',
        'node worker2',
        'label node-role.kubernetes.io/worker=',
        'node example.com',
        'label node-role.kubernetes.io/edge=',
        'label role=edge-router',
        'label node-restriction.kubernetes.io/role=edge-router',
        '',
      ].join('\n'),
    );
  });

  it('has what the inventory gives a machine, and no taint where controllers take pods', () => {
    const taint = { key: 'dedicated', value: 'db', effect: 'NoExecute' } as const;
    const machines = [testMachine('c', '10.10.10.1', 'controller', { labels: { rack: 'r1' }, taints: [taint] })];
    expect(table({ machines, schedulableControllers: true })).toBe(
      'node c\nlabel node-role.kubernetes.io/control-plane=\nlabel rack=r1\ntaint dedicated=db:NoExecute\n',
    );
    expect(table({ machines })).toContain('taint node-role.kubernetes.io/control-plane=:NoSchedule\n');
  });

  it('calls nodes what the kubelet calls them', () => {
    expect(table({ nodeNames: 'ip' })).toContain('node 10.10.10.2\n');
  });
});

describe('nodeImages', () => {
  const imagesOf = (index: number, over: Partial<Cluster> = {}) => {
    const cluster = planCluster(testCluster(over));
    const node = cluster.nodes[index];
    if (node === undefined) throw new Error('the fixture changed');
    return nodeImages(cluster, node, images);
  };

  it('is what a machine of its role runs', () => {
    expect(imagesOf(0)).toEqual(expect.arrayContaining([images.etcd, images['kube-apiserver'], images.coredns]));
    expect(imagesOf(0)).not.toContain(images['metrics-server']);
    expect(imagesOf(1)).toEqual(expect.arrayContaining([images.pause, images.balancer, images['local-path-helper']]));
    expect(imagesOf(1)).not.toContain(images.etcd);
  });

  it('follows what the cluster is made of', () => {
    const external = { endpoints: ['https://10.0.0.1:2379'], ca: '', certificate: '', key: '' };
    expect(imagesOf(0, { etcd: { external } })).not.toContain(images.etcd);
    expect(imagesOf(0, { schedulableControllers: true })).toContain(images['metrics-server']);
    expect(imagesOf(1, { cni: 'none' })).not.toContain(images.flannel);
  });
});

it('puts CNI plugins where every operating system has them', () => {
  const flannel = texts().get('12-flannel.yaml') ?? '';
  for (const { paths } of operatingSystems) expect(flannel).toContain(`path: ${paths.cniBinDir}\n`);
});
