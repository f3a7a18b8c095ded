import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { HostFile } from '../plan/index.js';
import { supportedKubernetesVersions } from '../releases/catalogue.js';
import { staticPodDirectories, staticPodFiles } from './control-plane.js';
import { contextOf, controllers } from './testing/control-plane.js';

const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));

function texts(files: readonly HostFile[]): Record<string, string> {
  const entries = files.map(({ path, content }) => [path.slice(1), Buffer.from(content).toString()] as const);
  const listing = files.map(({ path, mode, uid, gid }) => `${mode.toString(8)} ${uid} ${gid} ${path}\n`).sort();
  return Object.fromEntries([...entries, ['listing', listing.join('')]]);
}

function recorded(name: string): Record<string, string> {
  const folder = join(GOLDEN, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** `UPDATE_GOLDEN=1 npx vitest run src/manifests` records anew; the change is then reviewed like code. */
function expectGolden(name: string, files: Record<string, string>): void {
  const folder = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  expect(files).toEqual(recorded(name));
}

const pod = (files: readonly HostFile[], name: string) => {
  const file = files.find(({ path }) => path.endsWith(name));
  if (file === undefined) throw new Error(`no ${name}`);
  return parse(Buffer.from(file.content).toString());
};
const flags = (files: readonly HostFile[], name: string): string[] => pod(files, name).spec.containers[0].command;

describe('the static pods', () => {
  it.each([1, 3])('of %i controllers are those on record', (count) => {
    expectGolden(`controllers-${count}`, texts(staticPodFiles(contextOf(controllers(count)))));
  });

  it('of a worker are the balancer alone, the same as on controllers', () => {
    const plan = controllers(3);
    const worker = texts(staticPodFiles(contextOf(plan, 3)));
    const controller = texts(staticPodFiles(contextOf(plan)));
    expect(Object.keys(worker)).toEqual([
      'etc/kubernetes/manifests/ironkeel-balancer.yaml',
      'etc/kubernetes/balancer/haproxy.cfg',
      'listing',
    ]);
    for (const path of Object.keys(worker)) if (path !== 'listing') expect(worker[path]).toBe(controller[path]);
  });

  it.each(supportedKubernetesVersions())('of Kubernetes %s differ by the images alone', (version) => {
    const plan = controllers(1, { kubernetes: { version } });
    const files = texts(staticPodFiles(contextOf(plan)));
    const golden = Object.entries(recorded('controllers-1')).map(([path, text]) => [
      path,
      text.replaceAll(':v1.36.4', `:v${version}`),
    ]);
    expect(files).toEqual(Object.fromEntries(golden));
  });

  it('run as users of their own, with nothing they could gain more by', () => {
    const files = staticPodFiles(contextOf(controllers(1))).filter(({ path }) => path.endsWith('.yaml'));
    const pods = files
      .map(({ content }) => parse(Buffer.from(content).toString()))
      .filter(({ kind }) => kind === 'Pod');
    expect(pods).toHaveLength(5);
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec.securityContext.runAsUser).toBeGreaterThan(61000);
      expect(spec.containers[0].securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  it('start anew when a file changes that they read, and only then', () => {
    const context = contextOf(controllers(1));
    const changed = (path: string) => {
      const pkiFiles = context.pkiFiles.map((file) => (file.path === path ? { ...file, content: Buffer.of(1) } : file));
      const after = texts(staticPodFiles({ ...context, pkiFiles }));
      const before = texts(staticPodFiles(context));
      return Object.keys(before).filter((name) => before[name] !== after[name]);
    };
    expect(changed('/etc/kubernetes/pki/etcd/peer.pem')).toEqual(['etc/kubernetes/etcd/pod.yaml']);
    expect(changed('/etc/kubernetes/kubeconfig/scheduler.yaml')).toEqual([
      'etc/kubernetes/manifests/kube-scheduler.yaml',
    ]);
    expect(changed('/etc/kubernetes/pki/kubelet-server.pem')).toEqual([]);
    expect(changed('/etc/kubernetes/pki/ca.pem')).toContain('etc/kubernetes/manifests/ironkeel-balancer.yaml');
  });
});

describe('the user’s own flags', () => {
  it('win, and add to lists of switches', () => {
    const own = { 'audit-log-maxage': '7', 'enable-admission-plugins': 'AlwaysPullImages', v: '4' };
    const { components } = controllers(1).cluster;
    const plan = controllers(1, { components: { ...components, apiServer: { flags: own, config: {} } } });
    const command = flags(staticPodFiles(contextOf(plan)), 'kube-apiserver.yaml');
    expect(command).toContain('--audit-log-maxage=7');
    expect(command.filter((flag) => flag.startsWith('--audit-log-maxage'))).toHaveLength(1);
    expect(command).toContain('--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs,AlwaysPullImages');
    expect(command).toContain('--v=4');
  });
});

describe('an etcd that is not ours', () => {
  const external = { endpoints: ['https://a:2379', 'https://b:2379'], ca: 'CA\n', certificate: 'CERT\n', key: 'KEY\n' };
  const plan = controllers(3, { etcd: { external } });
  const files = staticPodFiles(contextOf(plan));

  it('gets no member on controllers', () => {
    expect(files.filter(({ path }) => path.startsWith('/etc/kubernetes/etcd/'))).toEqual([]);
    const [node] = plan.nodes;
    const folders = node === undefined ? [] : staticPodDirectories(plan, node).map(({ path }) => path);
    expect(folders).not.toContain('/var/lib/etcd');
  });

  it('is reached with the credentials given, which are the API server’s alone', () => {
    expect(flags(files, 'kube-apiserver.yaml')).toEqual(
      expect.arrayContaining([
        '--etcd-servers=https://a:2379,https://b:2379',
        '--etcd-cafile=/etc/kubernetes/pki/etcd-external/ca.pem',
        '--etcd-keyfile=/etc/kubernetes/pki/etcd-external/client-key.pem',
      ]),
    );
    const key = files.find(({ path }) => path === '/etc/kubernetes/pki/etcd-external/client-key.pem');
    expect(key).toMatchObject({ mode: 0o600, uid: 61002, gid: 61002, content: Uint8Array.from(Buffer.from('KEY\n')) });
  });
});

describe('a cluster that has been up', () => {
  it('is told so to its members', () => {
    const files = staticPodFiles(contextOf(controllers(3), 0, { etcdState: 'existing' }));
    expect(flags(files, 'etcd/pod.yaml')).toContain('--initial-cluster-state=existing');
    const state = files.find(({ path }) => path === '/etc/kubernetes/etcd/state');
    expect(Buffer.from(state?.content ?? []).toString()).toBe('existing\n');
  });
});
