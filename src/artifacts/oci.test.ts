import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type OciImage, ociArchive } from './oci.js';
import { readTar } from './testing/tar-reader.js';
import { file } from './testing/trees.js';

const image: OciImage = {
  name: 'registry.k8s.io/etcd:3.6.14-0',
  architecture: 'amd64',
  layers: [
    [
      { path: 'tmp', directory: true, mode: 0o1777 },
      file('usr/bin/tool', 'tool', 0o755),
      { path: 'bin', link: 'usr/bin' },
    ],
    [{ ...file('data', 'x'.repeat(1000), 0o600), uid: 61001, gid: 61001 }],
  ],
  entrypoint: ['/usr/bin/tool'],
  cmd: ['--help'],
  env: { PATH: '/usr/bin' },
  user: '61001',
  labels: { note: 'a test' },
};

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** The layout's files by path, each blob checked against the digest it is named by. */
function layout(archive: Uint8Array): Map<string, Buffer> {
  const files = new Map(readTar(Buffer.from(archive)).map(({ path, content }) => [path, content]));
  for (const [path, content] of files) {
    const [, digest] = /^blobs\/sha256\/(.*)$/.exec(path) ?? [];
    if (digest !== undefined) expect(createHash('sha256').update(content).digest('hex')).toBe(digest);
  }
  return files;
}

function json(content: Buffer | undefined) {
  return JSON.parse(content?.toString() ?? 'null');
}

function blob(files: Map<string, Buffer>, { digest, size }: Descriptor): Buffer | undefined {
  const found = files.get(`blobs/${digest.replace(':', '/')}`);
  expect(found).toHaveLength(size);
  return found;
}

describe('an OCI archive', () => {
  const { archive, digest } = ociArchive(image);
  const files = layout(archive);
  const [entry] = json(files.get('index.json')).manifests;
  const manifest = json(blob(files, entry));

  test('is a layout whose index names the image in both ways', () => {
    expect(json(files.get('oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' });
    expect(entry.digest).toBe(digest);
    expect(entry.platform).toEqual({ architecture: 'amd64', os: 'linux' });
    expect(entry.annotations).toEqual({
      'io.containerd.image.name': 'registry.k8s.io/etcd:3.6.14-0',
      'org.opencontainers.image.ref.name': '3.6.14-0',
    });
  });

  test('has a config with what the container is started with', () => {
    expect(json(blob(files, manifest.config))).toEqual({
      architecture: 'amd64',
      os: 'linux',
      config: {
        User: '61001',
        Env: ['PATH=/usr/bin'],
        Entrypoint: ['/usr/bin/tool'],
        Cmd: ['--help'],
        Labels: { note: 'a test' },
      },
      rootfs: { type: 'layers', diff_ids: manifest.layers.map((layer: Descriptor) => layer.digest) },
    });
  });

  test('holds its layers as tar archives with modes, owners, links and directories', () => {
    const [first, second] = manifest.layers.map((layer: Descriptor) => blob(files, layer));
    expect(readTar(first).map(({ path, mode, content }) => [path, mode, content.toString()])).toEqual([
      ['tmp/', 0o1777, ''],
      ['usr/bin/tool', 0o755, 'tool'],
      ['bin', 0o777, ''],
    ]);
    const link = first.subarray(3 * 512);
    expect([link.toString('latin1', 156, 157), link.toString('latin1', 157, 165)]).toEqual(['2', 'usr/bin\0']);
    expect(readTar(second).map(({ uid, gid, mode }) => [uid, gid, mode])).toEqual([[61001, 61001, 0o600]]);
    expect(first.subarray(-1024).every((byte: number) => byte === 0)).toBe(true);
  });

  test('is the same for the same image, and another for another', () => {
    expect(Buffer.from(ociArchive(image).archive).equals(archive)).toBe(true);
    expect(ociArchive({ ...image, env: { PATH: '/bin' } }).digest).not.toBe(digest);
  });

  test('ends with two zero blocks, and nothing lies behind them', () => {
    const members = readTar(Buffer.from(archive));
    const size = members.reduce((sum, { content }) => sum + 512 + Math.ceil(content.length / 512) * 512, 1024);
    expect(archive).toHaveLength(size);
  });

  test('holds a path that needs a pax header', () => {
    const path = `${'part/'.repeat(60)}größe`;
    const { archive } = ociArchive({ ...image, layers: [[file(path, 'x')]] });
    const [member] = readTar(Buffer.from(archive));
    expect(readTar(member?.content ?? Buffer.alloc(0)).map((each) => each.path)).toEqual([path]);
  });

  test.each(['pause', 'registry.k8s.io/pause', 'registry.k8s.io/Pause:1', 'registry.k8s.io/pause@sha256:00', ''])(
    'refuses the name %j',
    (name) => expect(() => ociArchive({ ...image, name })).toThrow('is no full name of an image'),
  );

  test('refuses what no layer can hold', () => {
    const layer =
      (...entries: OciImage['layers'][number]) =>
      () =>
        ociArchive({ ...image, layers: [entries] });
    expect(layer(file('../escape'))).toThrow('has the component ".."');
    expect(layer(file('a'), { path: 'a', link: 'b' })).toThrow('"a" is given twice');
    expect(layer(file('a/b'), { path: 'a/b', directory: true, mode: 0o755 })).toThrow('"a/b" is given as a directory');
    expect(layer(file('a'), { path: 'a/b/c', directory: true, mode: 0o755 })).toThrow('"a" is given as a directory');
    expect(layer({ path: '/etc', directory: true, mode: 0o755 })).toThrow('empty component');
    expect(layer({ path: 'a', link: 'x'.repeat(101) })).toThrow('"a" links to');
    expect(layer({ ...file('a'), uid: 2 ** 21 })).toThrow('has the owner or group 2097152');
  });
});
