import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ociArchive } from '../../src/artifacts/oci.js';
import { fillBundle } from '../../src/delivery/bundle/index.js';
import { RegistryServer } from '../../src/delivery/bundle/testing/registry-server.js';
import { renderInstallScript } from '../../src/host/scripts.js';
import { sha256 } from '../../src/host/testing/payload.js';
import { imageArtefacts } from '../../src/releases/image-artefacts.js';
import type { ImageArtefact } from '../../src/releases/types.js';

// Images reach containerd through install.sh and its own `ctr`, built from their sources.
let programs: string;
let home: string;
let mirror: string;
let daemon: ChildProcess;

beforeAll(() => {
  const build = (program: string) =>
    execFileSync('bash', ['lab/components/build.sh', 'containerd', program], { encoding: 'utf8' }).trim();
  programs = dirname(build('containerd'));
  build('ctr');
}, 2_400_000);

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'ironkeel-preload-'));
  mirror = join(home, 'mirror');
  mkdirSync(join(mirror, 'images'), { recursive: true });
  await startContainerd();
});
afterEach(async () => {
  await stopContainerd();
  rmSync(home, { recursive: true, force: true });
});

const socket = () => join(home, 'containerd.sock');

async function startContainerd(): Promise<void> {
  const config = join(home, 'config.toml');
  const disabled = "disabled_plugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime']";
  writeFileSync(
    config,
    `version = 3\nroot = '${home}/root/var/lib/containerd'\nstate = '${home}/state'\n${disabled}\n[grpc]\naddress = '${socket()}'\n[ttrpc]\naddress = '${socket()}.ttrpc'\n`,
  );
  daemon = spawn(join(programs, 'containerd'), ['--config', config], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    if (ctr('version').status === 0) return;
    await sleep(100);
  }
  throw new Error('containerd does not answer');
}

async function stopContainerd(): Promise<void> {
  if (daemon.exitCode !== null) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await ended;
}

function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${process.env.PATH}:${programs}`,
    CONTAINERD_ADDRESS: socket(),
    // The test's folder may lie on an overlay, which holds no other.
    CONTAINERD_SNAPSHOTTER: 'native',
    ...extra,
  };
}

function ctr(...args: string[]) {
  return spawnSync(join(programs, 'ctr'), ['--namespace', 'k8s.io', ...args], { encoding: 'utf8', env: environment() });
}

/** A small image on the mirror, and the row that asks for it. */
function offer(name: string, content = name): ImageArtefact {
  const layers = [[{ path: 'bin/program', mode: 0o755, content: Buffer.from(content) }]];
  const { archive } = ociArchive({ name, architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', layers });
  const url = `images/${sha256(archive)}.tar`;
  writeFileSync(join(mirror, url), archive);
  const [title = '', version = ''] = name.split(/:(?=[^:/]+$)/);
  return { name: title, version, url, sha256: sha256(archive), format: 'image', members: [] };
}

function install(artefacts: readonly ImageArtefact[], boot = 'first') {
  const script = join(home, 'install.sh');
  writeFileSync(script, renderInstallScript({ artefacts }));
  mkdirSync(join(home, 'root/proc/sys/kernel/random'), { recursive: true });
  writeFileSync(join(home, 'root/proc/sys/kernel/random/boot_id'), `${boot}\n`);
  const env = environment({ IRONKEEL_ROOT: join(home, 'root'), IRONKEEL_MIRROR: mirror });
  const { status, stdout, stderr } = spawnSync('bash', [script, '--once'], { encoding: 'utf8', env });
  return { status, said: stdout + stderr };
}

const pinned = () =>
  ctr('images', 'ls', '-q', 'labels."io.cri-containerd.pinned"==pinned').stdout.split('\n').filter(Boolean).sort();

describe('containerd 2.3, given images by install.sh', () => {
  const PAUSE = 'registry.k8s.io/pause:3.10.2';
  const ETCD = 'quay.io/coreos/etcd:v3.6.14';

  it('holds them, unpacked and pinned, and is asked for nothing the second time', () => {
    const rows = [offer(ETCD), offer(PAUSE)];
    const { status, said } = install(rows);
    expect(status, said).toBe(0);
    expect(said).toContain('ironkeel-install: quay.io/coreos/etcd v3.6.14: imported\n');
    expect(pinned()).toEqual([ETCD, PAUSE]);
    expect(ctr('snapshots', 'ls').stdout).toContain('Committed');
    rmSync(mirror, { recursive: true });
    expect(install(rows)).toEqual({ status: 0, said: 'ironkeel-install: everything is installed\n' });
  });

  it('gets them anew when its folder was wiped', () => {
    const rows = [offer(ETCD), offer(PAUSE)];
    install(rows);
    ctr('images', 'rm', '--sync', PAUSE);
    const { status, said } = install(rows);
    expect(status, said).toBe(0);
    expect(said).toContain('pause 3.10.2: imported');
    expect(said).not.toContain('etcd v3.6.14: imported');
    expect(pinned()).toEqual([ETCD, PAUSE]);
  });

  it('may collect the images of a version that was left', () => {
    install([offer(ETCD), offer(PAUSE)]);
    const { status, said } = install([offer(PAUSE), offer('quay.io/coreos/etcd:v3.6.15')]);
    expect(status, said).toBe(0);
    expect(pinned()).toEqual(['quay.io/coreos/etcd:v3.6.15', PAUSE]);
    expect(ctr('images', 'ls', '-q').stdout).toContain(ETCD);
  });

  it('gets them anew after a power cut during the import, and nothing else then', () => {
    const rows = [offer(ETCD), offer(PAUSE)];
    install(rows);
    const stamps = join(home, 'root/var/lib/ironkeel/stamps');
    rmSync(join(stamps, `image-${rows[1]?.sha256}`));
    writeFileSync(join(home, 'root/var/lib/ironkeel/importing'), 'first\n');
    const { status, said } = install(rows, 'second');
    expect(status, said).toBe(0);
    expect(said).toContain('the last import was cut: its images are imported again');
    expect(said).toContain('pause 3.10.2: imported');
    expect(said).not.toContain('etcd v3.6.14: imported');
    expect(pinned()).toEqual([ETCD, PAUSE]);
    expect(() => readFileSync(join(home, 'root/var/lib/ironkeel/importing'))).toThrow();
  });

  it('takes an archive of the user’s own, whatever the images in it are called', () => {
    const row = { ...offer('example.com/team/app:1'), name: 'app.tar', version: '0123456789ab' };
    const { status, said } = install([row]);
    expect(status, said).toBe(0);
    expect(pinned()).toEqual(['example.com/team/app:1']);
  });

  it('takes an image as `ironkeel bundle` pulls it from a registry', async () => {
    const registry = await RegistryServer.start();
    try {
      const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
      const name = `${registry.url.slice('http://'.length)}/team/app:1`;
      const digest = registry.push('team/app', '1', ['amd64', 'arm64'])[arch];
      const wanted = { kubernetes: '1.36.4', architectures: [arch], files: [], images: [{ name, arch }] } as const;
      const { bundle } = await fillBundle(mirror, wanted, { registries: [], progress: () => {} });
      const { status, said } = install(imageArtefacts([name], arch, bundle));
      expect(status, said).toBe(0);
      expect(ctr('images', 'ls', `name==${name}`).stdout).toContain(String(digest));
      expect(pinned()).toEqual([name]);
    } finally {
      await registry.stop();
    }
  });
});
