import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { InputError } from '../support/problem.js';
import { mergeKubeconfigFile } from './kubeconfig-file.js';
import { mergeKubeconfig } from './kubeconfig-merge.js';

const OURS = `apiVersion: v1
kind: Config
clusters:
  - name: guide
    cluster:
      server: https://10.10.10.1:6443
      certificate-authority-data: T1VSUw==
users:
  - name: guide-admin
    user:
      client-certificate-data: ${'Q0VSVA'.repeat(40)}==
      client-key-data: S0VZ
contexts:
  - name: guide
    context:
      cluster: guide
      user: guide-admin
current-context: guide
`;

// As kubectl writes it: lists are not indented; and with a comment somebody cares for.
const THEIRS = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: VEhFSVJT
    server: https://prod.example.com
  name: prod # do not touch
contexts:
- context:
    cluster: prod
    namespace: web
    user: prod-user
  name: prod
current-context: prod
kind: Config
preferences: {}
users:
- name: prod-user
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      args: ["get-token", '--cluster', prod]
      command: aws
`;

function merge(existing: string | undefined, ours = OURS, force = false) {
  return mergeKubeconfig(existing, ours, { file: '~/.kube/config', force });
}

describe('mergeKubeconfig', () => {
  it('takes ours where there is nothing', () => {
    for (const nothing of [undefined, '', '\n']) expect(merge(nothing)).toEqual({ text: OURS, context: 'guide' });
  });

  it('leaves every line of theirs as it is, the current context apart', () => {
    const { text = '' } = merge(THEIRS);
    const lines = text.split('\n');
    for (const line of THEIRS.split('\n').filter((each) => each !== 'current-context: prod'))
      expect(lines).toContain(line);
    const result = parse(text);
    expect(result['current-context']).toBe('guide');
    for (const list of ['clusters', 'users', 'contexts']) {
      expect(result[list].map(({ name }: { name: string }) => name)).toHaveLength(2);
      expect(result[list]).toContainEqual(parse(OURS)[list][0]);
      expect(result[list][0]).toEqual(parse(THEIRS)[list][0]);
    }
  });

  it('says nothing the second time', () => {
    const { text } = merge(THEIRS);
    expect(merge(text)).toEqual({ context: 'guide' });
    expect(merge(OURS)).toEqual({ context: 'guide' });
  });

  it('replaces our own entries in their place', () => {
    const { text } = merge(THEIRS);
    const renewed = OURS.replace('S0VZ', 'TkVX').replace('10.10.10.1', 'k8s.example.com');
    const result = parse(merge(text, renewed).text ?? '');
    expect(result.users).toHaveLength(2);
    expect(result.users[1].user['client-key-data']).toBe('TkVX');
    expect(result.clusters[1].cluster.server).toBe('https://k8s.example.com:6443');
  });

  it('refuses another cluster of the same name unless forced', () => {
    const other = OURS.replace('10.10.10.1', '192.168.0.1').replace('T1VSUw==', 'T1RIRVI=');
    expect(() => merge(other)).toThrow(InputError);
    expect(parse(merge(other, OURS, true).text ?? '').clusters).toHaveLength(1);
  });

  it('fills a file whose lists are null, absent, or in brackets', () => {
    for (const empty of [
      'apiVersion: v1\nkind: Config\nclusters: null\nusers: null\ncontexts: null\n',
      'kind: Config\n',
      '{"kind":"Config","clusters":[],"users":[],"contexts":[]}',
    ]) {
      expect(parse(merge(empty).text ?? '')).toMatchObject({
        clusters: [{ name: 'guide' }],
        'current-context': 'guide',
      });
    }
  });

  it.each([
    ['no YAML', 'clusters: [\n'],
    ['a list', '- a\n- b\n'],
    ['a word', 'hello'],
    ['two documents', `${THEIRS}---\n${THEIRS}`],
    ['a cluster list that is none', 'clusters: {a: b}\n'],
    ['a key twice', 'users: []\nusers: []\n'],
    ['binary', '\u0000\u0001'],
  ])('refuses %s', (_what, text) => {
    expect(() => merge(text)).toThrow(InputError);
  });
});

describe('mergeKubeconfigFile', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ironkeel-kubeconfig-'));
    file = join(folder, 'config');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const now = Date.UTC(2026, 10, 22, 12, 0, 0);

  it('makes a missing file and its folder for the owner alone', () => {
    const report = mergeKubeconfigFile(join(folder, '.kube', 'config'), OURS, now, { force: false });
    expect(report).toMatchObject({ changed: true });
    expect(report.backup).toBeUndefined();
    expect(lstatSync(report.file).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder, '.kube')).mode & 0o777).toBe(0o700);
  });

  it('keeps what was there once, and makes no backup where nothing changes', () => {
    writeFileSync(file, THEIRS, { mode: 0o644 });
    const { backup = '' } = mergeKubeconfigFile(file, OURS, now, { force: false });
    expect(backup).toBe(`${file}.ironkeel-backup-20261122T120000Z`);
    expect(readFileSync(backup, 'utf8')).toBe(THEIRS);
    expect(lstatSync(backup).mode & 0o777).toBe(0o600);
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
    const merged = readFileSync(file, 'utf8');
    expect(mergeKubeconfigFile(file, OURS, now + 1000, { force: false }).changed).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(merged);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('writes what a link points to, and leaves the link', () => {
    writeFileSync(join(folder, 'dotfile'), THEIRS);
    symlinkSync('dotfile', file);
    mergeKubeconfigFile(file, OURS, now, { force: false });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'dotfile'), 'utf8')).toContain('guide');
  });

  it('leaves a corrupt file exactly as it is', () => {
    writeFileSync(file, 'clusters: [\n');
    expect(() => mergeKubeconfigFile(file, OURS, now, { force: false })).toThrow(InputError);
    expect(readFileSync(file, 'utf8')).toBe('clusters: [\n');
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('refuses a folder by its name', () => {
    const merge = () => mergeKubeconfigFile(folder, OURS, now, { force: false });
    expect(merge).toThrow(InputError);
    expect(merge).toThrow(`${folder} is a folder`);
    expect(readdirSync(folder)).toEqual([]);
  });
});
