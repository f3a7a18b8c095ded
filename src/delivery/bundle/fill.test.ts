import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileServer } from '../../host/testing/file-server.js';
import { sha256 } from '../../support/sha256.js';
import { type FillOptions, fillBundle } from './fill.js';
import { RegistryServer } from './testing/registry-server.js';
import { damagedFiles, missingParts, readBundle } from './verify.js';
import type { WantedBundle } from './wanted.js';

const KUBELET = 'kubelet '.repeat(30_000);
const KUBELET_PATH = 'dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet';

// Named by the registry of the test itself: no test asks another host.
let PAUSE: string;
let HAPROXY: string;
let PAUSE_ARCHIVE: string;
let folder: string;
let registry: RegistryServer;
let digests: Record<string, Record<string, string>>;
let wanted: WantedBundle;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'ironkeel-bundle-')), 'mirror');
  registry = await RegistryServer.start();
  const host = registry.url.slice('http://'.length);
  [PAUSE, HAPROXY] = [`${host}/pause:3.10.2`, `${host}/library/haproxy:3.2-alpine`];
  PAUSE_ARCHIVE = `images/${host.replace(':', '_')}_pause_3.10.2_amd64.tar`;
  digests = {
    [PAUSE]: registry.push('pause', '3.10.2', ['amd64', 'arm64']),
    [HAPROXY]: registry.push('library/haproxy', '3.2-alpine', ['amd64']),
  };
  wanted = {
    kubernetes: '1.36.4',
    architectures: ['amd64'],
    files: [],
    images: [
      { name: PAUSE, component: 'pause', arch: 'amd64' },
      { name: HAPROXY, component: 'balancer', arch: 'amd64' },
    ],
  };
});
afterEach(async () => {
  await registry.stop();
  rmSync(dirname(folder), { recursive: true });
});

function fill(more: Partial<WantedBundle> = {}, options: Partial<FillOptions> = {}) {
  return fillBundle(folder, { ...wanted, ...more }, { registries: [], progress: () => {}, ...options });
}

const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const layerOf = (archive: string) =>
  JSON.parse(member(archive, blobOf(JSON.parse(member(archive, 'index.json')).manifests[0]))).layers[0];
const blobOf = ({ digest }: { digest: string }) => `blobs/${digest.replace(':', '/')}`;

function member(archive: string, name: string): string {
  const { stdout, status } = spawnSync('tar', ['-xOf', join(folder, archive), name], {
    encoding: 'latin1',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${archive} has no ${name}`);
  return stdout;
}

describe('fillBundle', () => {
  it('pulls each image for its architecture and writes it as an OCI archive', async () => {
    const { bundle, fetched } = await fill();
    const archive = PAUSE_ARCHIVE;
    expect(fetched).toEqual([archive, archive.replace('pause_3.10.2', 'library_haproxy_3.2-alpine')]);
    expect(files()).toEqual(['bundle.json', 'images', ...fetched].sort());
    expect(bundle.images[0]).toEqual({
      name: PAUSE,
      component: 'pause',
      digest: digests[PAUSE]?.amd64,
      archive,
      sha256: sha256(readFileSync(join(folder, archive))),
      arch: 'amd64',
    });
    expect(readBundle(folder).images).toHaveLength(2);
    const [entry] = JSON.parse(member(archive, 'index.json')).manifests;
    expect(entry).toMatchObject({ digest: digests[PAUSE]?.amd64, annotations: { 'io.containerd.image.name': PAUSE } });
    const manifest = member(archive, blobOf(entry));
    expect(sha256(manifest)).toBe(entry.digest.slice(7));
    for (const blob of [JSON.parse(manifest).config, JSON.parse(manifest).layers[0]]) {
      expect(sha256(Buffer.from(member(archive, blobOf(blob)), 'latin1'))).toBe(blob.digest.slice(7));
    }
  });

  it('asks for a token for each repository once, and shows it to the registry alone', async () => {
    await fill();
    const tokens = registry.requests.filter((request) => request.startsWith('GET /token'));
    expect(tokens).toEqual([
      'GET /token?service=test+registry&scope=repository%3Apause%3Apull',
      'GET /token?service=test+registry&scope=repository%3Alibrary%2Fhaproxy%3Apull',
    ]);
  });

  it('does without a token where none is asked for', async () => {
    registry.askForToken = false;
    await fill();
    expect(registry.requests.some((request) => request.includes('/token'))).toBe(false);
  });

  it('fetches nothing the second time, and makes the same bytes from nothing', async () => {
    await fill();
    const before = files().map((path) => [path, path.endsWith('.tar') && sha256(readFileSync(join(folder, path)))]);
    const description = readFileSync(join(folder, 'bundle.json'), 'utf8');
    registry.requests.length = 0;
    expect((await fill()).fetched).toEqual([]);
    expect(registry.requests).toEqual([]);
    rmSync(folder, { recursive: true });
    await fill();
    expect(files().map((path) => [path, path.endsWith('.tar') && sha256(readFileSync(join(folder, path)))])).toEqual(
      before,
    );
    expect(readFileSync(join(folder, 'bundle.json'), 'utf8')).toBe(description);
  });

  it('fetches again what was harmed, and only that', async () => {
    await fill();
    writeFileSync(join(folder, PAUSE_ARCHIVE), 'harmed');
    expect((await fill()).fetched).toEqual([PAUSE_ARCHIVE]);
    expect(await damagedFiles(folder, readBundle(folder))).toEqual([]);
  });

  it('continues a blob that was cut, in the same run and in the next', async () => {
    await fill();
    const layer = layerOf(PAUSE_ARCHIVE);
    rmSync(folder, { recursive: true });
    registry.requests.length = 0;
    registry.plans.set(`/store/${layer.digest}`, [{ cutAfter: 50_000 }, { cutAfter: 20_000 }]);
    await fill();
    const ranges = registry.requests.filter((request) => request.startsWith(`GET /store/${layer.digest}`));
    expect(ranges.map((request) => request.split(' ')[2])).toEqual([undefined, 'bytes=50000-', 'bytes=70000-']);
    expect(await damagedFiles(folder, readBundle(folder))).toEqual([]);

    rmSync(folder, { recursive: true });
    registry.plans.set(`/store/${layer.digest}`, [{ cutAfter: 1000 }, { status: 503 }]);
    await expect(fill()).rejects.toThrow('answers 503');
    expect(existsSync(join(folder, 'bundle.json'))).toBe(false);
    expect(files().filter((path) => path.endsWith('.tar'))).toEqual([]);
    registry.requests.length = 0;
    await fill();
    expect(registry.requests).toContain(`GET /store/${layer.digest} bytes=1000-`);
    expect(files()).not.toContain('.blobs');
  });

  it('refuses a blob or a manifest that is not what its digest says, and keeps nothing of it', async () => {
    await fill();
    const layer = layerOf(PAUSE_ARCHIVE);
    rmSync(folder, { recursive: true });
    registry.plans.set(`/store/${layer.digest}`, [{ send: 'something else' }]);
    await expect(fill()).rejects.toThrow(/blob sha256:\w+ is refused: its SHA-256 should be/);
    expect(files().some((path) => path.includes(layer.digest.slice(7)))).toBe(false);
    registry.plans.set(`/v2/pause/manifests/${digests[PAUSE]?.amd64}`, [{ send: '{}' }]);
    await expect(fill()).rejects.toThrow(`its manifest should have the digest ${digests[PAUSE]?.amd64} and has`);
    expect(existsSync(join(folder, 'bundle.json'))).toBe(false);
  });

  it('says which image there is none of for a machine', async () => {
    const images = [{ name: HAPROXY, arch: 'arm64' as const }];
    await expect(fill({ images })).rejects.toThrow(`${HAPROXY} has no image for linux/arm64`);
  });

  it('asks mirrors before the registry, and names what went wrong at each', async () => {
    const images = [{ name: 'localhost:1/pause:3.10.2', arch: 'amd64' as const }];
    const registries = [{ host: 'localhost:1', mirrors: [`${registry.url}/absent`, registry.url] }];
    expect((await fill({ images }, { registries })).fetched).toEqual(['images/localhost_1_pause_3.10.2_amd64.tar']);
    const absent = [{ name: 'localhost:1/absent:1', arch: 'amd64' as const }];
    await expect(fill({ images: absent }, { registries })).rejects.toThrow(
      /answers 404 for localhost:1\/absent:1; .*localhost:1 cannot be reached/,
    );
  });
});

describe('fillBundle with programs', () => {
  const kubelet = (sum = sha256(KUBELET)) => ({
    path: KUBELET_PATH,
    url: `https://${KUBELET_PATH}`,
    sha256: sum,
    component: 'kubelet',
    componentVersion: '1.36.4',
    arch: 'amd64' as const,
  });
  let mirror: FileServer;
  beforeEach(async () => {
    mirror = await FileServer.start();
    mirror.files.set(`/${KUBELET_PATH}`, Buffer.from(KUBELET));
  });
  afterEach(() => mirror.stop());
  const fillFiles = (...files: WantedBundle['files']) => fill({ images: [], files }, { from: `${mirror.url}/` });

  it('lays them out as a mirror serves them', async () => {
    const { bundle, fetched } = await fillFiles(kubelet());
    const { url: _, ...entry } = kubelet();
    expect(bundle.files).toEqual([{ ...entry, size: KUBELET.length }]);
    expect(fetched).toEqual([KUBELET_PATH]);
    expect(readFileSync(join(folder, KUBELET_PATH), 'utf8')).toBe(KUBELET);
    mirror.requests.length = 0;
    expect((await fillFiles(kubelet())).fetched).toEqual([]);
    expect(mirror.requests).toEqual([]);
  });

  it('refuses another content than the catalogue names, and leaves nothing of it', async () => {
    await expect(fillFiles(kubelet(sha256('what was meant')))).rejects.toThrow(
      `is refused: its SHA-256 should be ${sha256('what was meant')} and is ${sha256(KUBELET)}`,
    );
    expect(readdirSync(dirname(join(folder, KUBELET_PATH)))).toEqual([]);
  });

  it('fetches anew what was continued from a part of something else', async () => {
    mkdirSync(dirname(join(folder, KUBELET_PATH)), { recursive: true });
    for (const harm of ['something else', `${KUBELET}and more`]) {
      writeFileSync(join(folder, `${KUBELET_PATH}.part`), harm);
      await fillFiles(kubelet());
      expect(readFileSync(join(folder, KUBELET_PATH), 'utf8')).toBe(KUBELET);
      rmSync(join(folder, KUBELET_PATH));
    }
  });

  it('asks for an archive of the user’s own that has no address', async () => {
    const own = { path: 'images/app.tar', sha256: sha256('app') };
    await expect(fillFiles(own)).rejects.toThrow(
      `images/app.tar with the SHA-256 ${sha256('app')} is not in the folder`,
    );
    mkdirSync(join(folder, 'images'), { recursive: true });
    writeFileSync(join(folder, 'images/app.tar'), 'app');
    expect((await fillFiles(own)).bundle.files).toEqual([{ ...own, size: 3 }]);
  });

  it('names everything that is damaged, missing, or not in the bundle', async () => {
    const { bundle } = await fillFiles(kubelet());
    expect(await damagedFiles(folder, bundle)).toEqual([]);
    const absent = { ...kubelet(), path: 'dl.k8s.io/absent' };
    writeFileSync(join(folder, KUBELET_PATH), 'harmed');
    const problems = await damagedFiles(folder, { ...bundle, files: [...bundle.files, { ...absent, size: 1 }] });
    expect(problems.map(({ message }) => message)).toEqual([
      `the bundle's ${KUBELET_PATH} has the SHA-256 ${sha256('harmed')}, not ${sha256(KUBELET)}`,
      `the bundle's dl.k8s.io/absent is missing`,
    ]);
    const lacking = missingParts(
      { ...wanted, files: [kubelet(), absent], images: [{ name: PAUSE, arch: 'amd64' }] },
      bundle,
    );
    expect(lacking.map(({ message }) => message)).toEqual([
      'the bundle lacks dl.k8s.io/absent',
      `the bundle lacks the image ${PAUSE} (amd64)`,
    ]);
    expect(missingParts({ ...wanted, kubernetes: '1.37.1' }, bundle)[0]?.message).toContain('is for Kubernetes 1.36.4');
    expect(() => readBundle(dirname(folder))).toThrow('holds no bundle.json');
  });
});
