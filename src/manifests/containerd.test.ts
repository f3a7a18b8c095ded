import { describe, expect, it } from 'vitest';
import { testCluster } from '../plan/testing/cluster.js';
import { containerdFiles, containerdUnit } from './containerd.js';

const paths = {
  binDir: '/usr/local/bin',
  cniBinDir: '/opt/cni/bin',
  volumePluginDir: '/var/lib/kubelet/volumeplugins',
};

describe('containerdFiles', () => {
  const registries = [{ host: 'docker.io', mirrors: ['https://mirror.lan', 'https://other.lan'] }];
  const files = containerdFiles(testCluster({ registries }), paths, 'registry.k8s.io/pause:3.10.2');
  const texts = new Map(files.map(({ path, content }) => [path, Buffer.from(content).toString()]));

  it('points containerd at the mirrors', () => {
    expect(texts.get('/etc/containerd/config.toml')).toContain('config_path = "/etc/containerd/certs.d"');
    expect(texts.get('/etc/containerd/certs.d/docker.io/hosts.toml')).toBe(
      'server = "https://registry-1.docker.io"\n\n' +
        '[host."https://mirror.lan"]\ncapabilities = ["pull", "resolve"]\n\n' +
        '[host."https://other.lan"]\ncapabilities = ["pull", "resolve"]\n',
    );
  });
});

describe('containerdUnit', () => {
  it('only adds to the unit of a system that brings containerd', () => {
    const { content, dropIns } = containerdUnit(testCluster(), paths, true);
    expect(content).toBeUndefined();
    expect(dropIns[0]?.content).toBe('[Service]\nEnvironment="CONTAINERD_CONFIG=/etc/containerd/config.toml"\n');
  });

  it('is whole where the installation brings it', () => {
    expect(containerdUnit(testCluster(), paths, false).content).toContain('ExecStart=/usr/local/bin/containerd\n');
  });

  it('pulls through the proxy, but reaches the cluster directly', () => {
    const proxy = { https: 'http://proxy.lan:3128', noProxy: ['.lan'] };
    const text = containerdUnit(testCluster({ proxy }), paths, true).dropIns[0]?.content;
    expect(text).toContain('Environment="HTTPS_PROXY=http://proxy.lan:3128"\n');
    expect(text).toContain('NO_PROXY=localhost,127.0.0.1,10.2.0.0/16,10.3.0.0/16,.svc,.cluster.local,10.10.10.1,.lan"');
  });
});
