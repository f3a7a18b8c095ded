import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerdFiles } from '../../src/manifests/containerd.js';
import { kubeletFiles } from '../../src/manifests/kubelet.js';
import { operatingSystems } from '../../src/os/registry.js';
import { planCluster } from '../../src/plan/index.js';
import { testCluster } from '../../src/plan/testing/cluster.js';
import { KUBERNETES } from '../support/kubernetes.js';

// The programs that read these files on a machine, built from their own sources.
let folder: string;
let containerd: string;
let kubelet: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-programs-'));
  const build = (module: string, program: string) =>
    execFileSync('bash', ['lab/components/build.sh', module, program], { encoding: 'utf8' }).trim();
  containerd = build('containerd', 'containerd');
  kubelet = build(KUBERNETES.module, 'kubelet');
}, 2_400_000);
afterAll(() => rmSync(folder, { recursive: true }));

const registries = [{ host: 'docker.io', mirrors: ['https://mirror.lan'] }];
const plan = planCluster(testCluster({ registries, kubernetes: { version: KUBERNETES.version } }));

describe.each(operatingSystems.map((system) => [system.name, system] as const))('on %s', (_, { paths }) => {
  it('containerd reads its configuration as it is meant', () => {
    const [config] = containerdFiles(plan.cluster, paths, 'registry.k8s.io/pause:3.10.2');
    const file = join(folder, 'config.toml');
    writeFileSync(file, config?.content ?? '');
    const { status, stdout, stderr } = spawnSync(containerd, ['--config', file, 'config', 'dump'], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain('unknown');
    expect(stdout).toContain("config_path = '/etc/containerd/certs.d'");
    expect(stdout).toContain('SystemdCgroup = true');
    expect(stdout).toContain(`bin_dirs = ['${paths.cniBinDir}']`);
  });

  it.each(plan.nodes.map((node) => [node.nodeName, node] as const))(
    'the kubelet of %s takes its configuration and its arguments',
    (_name, node) => {
      const [config, environment] = kubeletFiles(plan, node, { ...paths, volumePluginDir: join(folder, 'plugins') });
      const file = join(folder, 'kubelet.yaml');
      const dropIns = mkdtempSync(join(folder, 'drop-ins-'));
      writeFileSync(file, config?.content ?? '');
      const line = Buffer.from(environment?.content ?? '').toString();
      const args = line
        .trim()
        .replace(/^KUBELET_ARGS=/, '')
        .replace(/--config=\S+/, `--config=${file}`)
        .replace(/--config-dir=\S+/, `--config-dir=${dropIns}`)
        .split(' ');
      // In a network of its own, for as long as it takes to read them. A machine with cgroup v1, as the test
      // machine may be, is what the kubelet is to refuse last.
      const { stderr } = spawnSync('unshare', ['--net', 'timeout', '8', kubelet, ...args], { encoding: 'utf8' });
      const complaints = stderr
        .split('\n')
        .filter((each) => /command failed|unknown flag|failed to parse|lenient decoding/.test(each));
      expect(
        complaints.filter(
          (each) => !/error: kubelet is configured to not run on a host using cgroup v1|kubeconfig/.test(each),
        ),
      ).toEqual([]);
      expect(stderr).toMatch(/cgroup v1 support is unsupported|kubeconfig/);
    },
  );
});
