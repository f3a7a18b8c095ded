import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OciImage, ociArchive } from '../../src/artifacts/oci.js';
import { run } from './support/run.js';

// containerd itself imports what is written for it, in a folder of its own: no container is started.
let folder: string;
let daemon: ChildProcess;
let ctr: (...args: string[]) => string;

const image: OciImage = {
  name: 'registry.lab.local:5000/some/program:v1.2.3',
  architecture: 'amd64',
  layers: [
    [
      { path: 'tmp', directory: true, mode: 0o1777 },
      { path: 'bin', link: 'usr/bin' },
      { path: 'usr/bin/program', mode: 0o755, content: Buffer.alloc(3_000_001, 'program ') },
    ],
    [
      { path: 'data/key', mode: 0o600, uid: 61001, gid: 61002, content: Buffer.from('secret') },
      { path: `${'deep/'.repeat(60)}größe`, mode: 0o644, content: Buffer.from('x') },
    ],
  ],
  entrypoint: ['/bin/program', '--flag'],
  env: { PATH: '/usr/bin' },
  user: '61001:61002',
};
const written = ociArchive(image);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-oci-'));
  const build = (program: string) =>
    execFileSync('bash', ['lab/components/build.sh', 'containerd', program], { encoding: 'utf8' }).trim();
  const socket = join(folder, 'containerd.sock');
  // The kubelet's interface needs a network and a runtime; importing needs neither.
  const config = [
    'version = 3',
    'disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"]',
    `root = "${folder}/root"`,
    `state = "${folder}/state"`,
    // Plain folders: an overlay may not lie on the file system that the test machine has.
    "[[plugins.'io.containerd.transfer.v1.local'.unpack_config]]",
    'platform = "linux/amd64"',
    'snapshotter = "native"',
  ];
  writeFileSync(join(folder, 'config.toml'), `${config.join('\n')}\n`);
  daemon = spawn(build('containerd'), ['--config', join(folder, 'config.toml'), '--address', socket], {
    stdio: 'ignore',
  });
  const program = build('ctr');
  // Its warnings are on the other channel.
  ctr = (...args) =>
    execFileSync(program, ['--address', socket, '--namespace', 'k8s.io', ...args], { encoding: 'utf8', stdio: 'pipe' });
  await answering(() => run(program, ['--address', socket, 'version']));
}, 2_400_000);

afterAll(async () => {
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
});

async function answering(ask: () => Promise<{ code: number }>): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    if ((await ask()).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('containerd does not answer');
}

it('containerd imports an archive under the full name, with the digest that was told', () => {
  const archive = join(folder, 'image.tar');
  writeFileSync(archive, written.archive);
  ctr('images', 'import', '--snapshotter', 'native', archive);
  expect(ctr('images', 'list', '--quiet').trim()).toBe(image.name);
  expect(ctr('images', 'list')).toContain(written.digest);
  expect(ctr('images', 'check', '--snapshotter', 'native')).toMatch(/complete \(3\/3\).* true/);
});

it('the config is what a container is started with', () => {
  const manifest = JSON.parse(ctr('content', 'get', written.digest));
  const { config } = JSON.parse(ctr('content', 'get', manifest.config.digest));
  expect(config).toEqual({
    User: '61001:61002',
    Env: ['PATH=/usr/bin'],
    Entrypoint: ['/bin/program', '--flag'],
  });
});

it('the unpacked layers hold every file with its mode and owner', () => {
  // The plain-folder snapshotter copies each layer's parent, so the last folder has all of them.
  const snapshots = join(folder, 'root/io.containerd.snapshotter.v1.native/snapshots');
  const root = join(snapshots, String(Math.max(...readdirSync(snapshots).map(Number))));
  expect(statSync(join(root, 'tmp')).mode & 0o7777).toBe(0o1777);
  expect(readlinkSync(join(root, 'bin'))).toBe('usr/bin');
  expect(statSync(join(root, 'bin/program'))).toMatchObject({ size: 3_000_001, mode: 0o100755, uid: 0, gid: 0 });
  expect(statSync(join(root, 'data/key'))).toMatchObject({ mode: 0o100600, uid: 61001, gid: 61002 });
  expect(readFileSync(join(root, `${'deep/'.repeat(60)}größe`), 'utf8')).toBe('x');
});
