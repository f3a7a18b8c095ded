import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileServer } from '../../host/testing/file-server.js';
import type { Bundle } from '../../releases/bundle.js';
import { machineDownloads } from '../../releases/catalogue.js';
import { sha256 } from '../../support/sha256.js';
import { fillBundle } from './fill.js';
import { settleChecksums } from './published.js';
import { type WantedFile, wantedBundle } from './wanted.js';

const VERSION = '1.37.2';
const KUBELET = `dl.k8s.io/release/v${VERSION}/bin/linux/amd64/kubelet`;
const KUBECTL = `dl.k8s.io/release/v${VERSION}/bin/linux/amd64/kubectl`;
const CRICTL = 'github.com/kubernetes-sigs/cri-tools/releases/download/v1.37.0/crictl-v1.37.0-linux-amd64.tar.gz';
const PATHS = { binDir: '/opt/bin', cniBinDir: '/opt/cni/bin' };

let folder: string;
let publisher: FileServer;
/** What a controller needs of a release that the catalogue does not know. */
let wanted: readonly WantedFile[];

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'ironkeel-published-')), 'mirror');
  publisher = await FileServer.start();
  const programs = machineDownloads('controller', 'amd64', VERSION, PATHS, { bringsContainerd: false });
  const { files } = wantedBundle(VERSION, [{ role: 'controller', arch: 'amd64', programs, images: [] }], {}, []);
  wanted = files.filter(({ sha256 }) => sha256 === undefined);
  for (const path of [KUBELET, KUBECTL, CRICTL]) {
    publisher.files.set(`/${path}`, Buffer.from(path));
    publisher.files.set(`/${path}.sha256`, Buffer.from(sha256(path)));
  }
});
afterEach(async () => {
  await publisher.stop();
  rmSync(dirname(folder), { recursive: true });
});

const settle = (options: { from?: string; pinned?: Bundle } = {}) =>
  settleChecksums(wanted, { from: publisher.url, progress: () => {}, ...options });
const fill = (pinned?: Bundle) => {
  const bundle = { kubernetes: VERSION, architectures: ['amd64' as const], files: wanted, images: [] };
  return fillBundle(folder, bundle, { from: publisher.url, pinned, registries: [], progress: () => {} });
};

describe('a release that the catalogue does not know', () => {
  it('is fetched by the checksums of its publishers, which the bundle then holds', async () => {
    expect(wanted.map(({ path }) => path)).toEqual([KUBELET, CRICTL, KUBECTL]);
    const { bundle } = await fill();
    expect(bundle.files.map(({ path, sha256 }) => [path, sha256])).toEqual(
      [KUBELET, CRICTL, KUBECTL].map((path) => [path, sha256(path)]),
    );
    expect(readFileSync(join(folder, KUBELET), 'utf8')).toBe(KUBELET);
    expect(publisher.requests.slice(0, 3)).toEqual([
      `GET /${KUBELET}.sha256`,
      `GET /${CRICTL}.sha256`,
      `GET /${KUBECTL}.sha256`,
    ]);
  });

  it('asks nobody for what is pinned, and takes nothing else for it', async () => {
    const { bundle } = await fill();
    publisher.requests.length = 0;
    expect((await fill(bundle)).fetched).toEqual([]);
    expect(publisher.requests).toEqual([]);
    rmSync(folder, { recursive: true });
    publisher.files.set(`/${KUBELET}`, Buffer.from('something else'));
    publisher.files.set(`/${KUBELET}.sha256`, Buffer.from(sha256('something else')));
    await expect(fill(bundle)).rejects.toThrow(`its SHA-256 should be ${sha256(KUBELET)} and is`);
  });

  it('takes a line with names, and refuses a file that is not what its publisher says', async () => {
    publisher.files.set(`/${CRICTL}.sha256`, Buffer.from(`${sha256(CRICTL)}  crictl-v1.37.0-linux-amd64.tar.gz\n`));
    expect((await settle())[1]?.sha256).toBe(sha256(CRICTL));
    publisher.files.set(`/${KUBECTL}`, Buffer.from('harmed'));
    await expect(fill()).rejects.toThrow(`should be ${sha256(KUBECTL)} and is ${sha256('harmed')}`);
  });

  it('says where there is no checksum, and fetches nothing then', async () => {
    publisher.files.delete(`/${KUBECTL}.sha256`);
    await expect(fill()).rejects.toMatchObject({
      message: expect.stringMatching(/answers 404 for http.*kubectl\.sha256$/),
      remedy: expect.stringContaining(`there is a kubectl ${VERSION}`),
    });
    publisher.files.set(`/${KUBECTL}.sha256`, Buffer.from('<html>not found</html>'));
    await expect(fill()).rejects.toThrow('names no SHA-256 of');
    publisher.plans.set(`/${KUBECTL}.sha256`, [{ cutAfter: 10 }]);
    await expect(fill()).rejects.toThrow('kubectl.sha256 was cut');
    publisher.files.set(`/${KUBECTL}.sha256`, Buffer.alloc(2 << 20, 'a'));
    await expect(fill()).rejects.toThrow('it is too long');
    expect(publisher.requests.some((request) => !request.endsWith('.sha256'))).toBe(false);
  });

  it('refuses a checksum that anybody on the way could have changed, before it asks', async () => {
    await expect(settle({ from: 'http://mirror.lan' })).rejects.toThrow(
      'would come unprotected from http://mirror.lan/dl.k8s.io',
    );
  });

  it('says so when the publisher is not reached', async () => {
    await expect(settle({ from: 'http://127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 cannot be reached');
  });
});
