import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeYaml } from '../formats/yaml.js';
import { textFile } from '../support/files.js';
import { InputError } from '../support/problem.js';
import { asNoCloud, imageSource, readImageFolder } from './image-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ironkeel-image-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o644 });
}

describe('imageSource', () => {
  it('knows a node folder from any other', () => {
    put('node-a.b/cloud-config/openstack/latest/user_data');
    const node = join(root, 'node-a.b');
    expect(imageSource(node)).toEqual({
      root: join(node, 'cloud-config'),
      image: join(node, 'config'),
      machine: 'a.b',
    });
    expect(imageSource(join(node, 'cloud-config'))).toEqual({
      root: join(node, 'cloud-config'),
      image: join(node, 'cloud-config'),
    });
    expect(() => imageSource(join(root, 'missing'))).toThrow(InputError);
  });
});

describe('readImageFolder', () => {
  it('gives every file to root alone, sorted, ours of a cut write left out', () => {
    put('b/ü');
    put('a');
    put('.hidden');
    put('b/.ironkeel-x.tmp');
    expect(readImageFolder(root).map(({ path, mode }) => [path, mode])).toEqual([
      ['.hidden', 0o400],
      ['a', 0o400],
      ['b/ü', 0o400],
    ]);
  });

  it('refuses links and an empty folder by name', () => {
    expect(() => readImageFolder(root)).toThrow('holds no file');
    symlinkSync('/etc/passwd', join(root, 'link'));
    expect(() => readImageFolder(root)).toThrow('link');
  });
});

describe('asNoCloud', () => {
  const drive = [
    textFile('openstack/latest/user_data', '#cloud-config\n'),
    textFile('openstack/latest/meta_data.json', '{"uuid": "u-1", "hostname": "a.example"}'),
    textFile('network-config', 'version: 2\n'),
  ];
  const text = (content: Uint8Array | undefined) => Buffer.from(content ?? []).toString();

  it('maps the config drive to the files of the root', () => {
    const tree = asNoCloud(drive, encodeYaml);
    expect(tree.map(({ path }) => path)).toEqual(['meta-data', 'network-config', 'user-data']);
    expect(text(tree[0]?.content)).toBe('instance-id: u-1\nlocal-hostname: a.example\n');
    expect(text(tree[2]?.content)).toBe('#cloud-config\n');
  });

  it('takes a folder that is in that form already', () => {
    const own = [textFile('user-data', 'mine'), textFile('meta-data', 'instance-id: mine\n')];
    expect(asNoCloud(own, encodeYaml).map(({ path, content }) => [path, text(content)])).toEqual([
      ['meta-data', 'instance-id: mine\n'],
      ['user-data', 'mine'],
    ]);
  });

  it('refuses a folder without user data', () => {
    expect(() => asNoCloud([textFile('a', 'b')], encodeYaml)).toThrow(InputError);
  });
});
