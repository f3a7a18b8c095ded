import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  lab.run(['init', '--example', 'guide']);
  lab.run(['machine', 'add', 'deb', '10.10.10.9', '--os', 'debian']);
  lab.run(['build']);
}, 60_000);
afterAll(() => lab.remove());

describe('kubeconfig', () => {
  it('needs a build', () => {
    const { status, stderr } = lab.run(['kubeconfig', '-C', '..']);
    expect(status).toBe(2);
    expect(stderr).toContain('ironkeel build');
  });

  it('says where it is and how to use it', () => {
    expect(lab.run(['kubeconfig']).stdout).toContain(`export KUBECONFIG=${lab.path('kubeconfig')}`);
    expect(existsSync(join(lab.home, '.kube'))).toBe(false);
  });

  it('merges into the user’s own, once', () => {
    const first = JSON.parse(lab.run(['kubeconfig', '--merge', '--output', 'json']).stdout);
    const file = join(lab.home, '.kube', 'config');
    expect(first).toMatchObject({ merged: true, changed: true, file, context: 'guide' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(lab.run(['kubeconfig', '--merge']).stdout).toContain('nothing changed');
    expect(parse(readFileSync(file, 'utf8'))['current-context']).toBe('guide');
  });

  it('takes the first file of KUBECONFIG, and --file before it', () => {
    lab.run(['kubeconfig', '--merge'], { env: { KUBECONFIG: `:${lab.root}/first:${lab.root}/second` } });
    expect(existsSync(join(lab.root, 'first'))).toBe(true);
    expect(existsSync(join(lab.root, 'second'))).toBe(false);
    writeFileSync(join(lab.root, 'own'), 'users: {');
    const { status, stderr } = lab.run(['kubeconfig', '--merge', '--file', '../own']);
    expect(status).toBe(2);
    expect(stderr).toContain('it was left as it is');
    expect(readFileSync(join(lab.root, 'own'), 'utf8')).toBe('users: {');
  });
});

describe('image', () => {
  const node = 'inventory/node-worker1';

  it('makes the drive again, byte for byte', () => {
    const before = readFileSync(lab.path(node, 'config.iso'));
    expect(lab.run(['image', node])).toMatchObject({ status: 0, stdout: expect.stringContaining('config-2') });
    expect(readFileSync(lab.path(node, 'config.iso')).equals(before)).toBe(true);
    expect(statSync(lab.path(node, 'config.iso')).mode & 0o777).toBe(0o600);
  });

  it('refuses FAT for Flatcar with the reason, by inventory and by content', () => {
    for (const folder of [node, `${node}/cloud-config`]) {
      const { status, stderr } = lab.run(['image', folder, '--format', 'fat']);
      expect(status, folder).toBe(2);
      expect(stderr).toContain('--format iso');
    }
    expect(existsSync(lab.path(node, 'config.img'))).toBe(false);
  });

  it('makes a stick and a NoCloud drive for Debian', () => {
    expect(lab.run(['image', 'inventory/node-deb', '--format', 'fat']).status).toBe(0);
    expect(existsSync(lab.path('inventory/node-deb/config.img'))).toBe(true);
    const out = join(lab.root, 'seed.iso');
    expect(lab.run(['image', 'inventory/node-deb', '--format', 'cidata', '--out', out]).status).toBe(0);
    const image = readFileSync(out, 'latin1');
    expect(image.slice(0x8028, 0x802e)).toBe('cidata');
    expect(image).toContain('local-hostname: deb');
  });

  it('takes any folder, and refuses none', () => {
    mkdirSync(lab.path('any', 'deep'), { recursive: true });
    writeFileSync(lab.path('any', 'deep', 'file'), 'hello');
    const { stdout } = lab.run(['image', 'any', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, image: lab.path('any.iso'), files: 1 });
    expect(lab.run(['image', 'none']).status).toBe(2);
  });
});

describe('certs list', () => {
  it('shows authorities and certificates, the next to expire first', () => {
    expect(lab.run(['certs', 'list']).stdout).toMatch(/^CERTIFICATE +ISSUER/);
    const { certificates } = JSON.parse(lab.run(['certs', 'list', '--output', 'json']).stdout);
    expect(certificates.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['authority/kubernetes', 'cluster/admin', 'deb/kubelet-client']),
    );
    const ends = certificates.map(({ notAfter }: { notAfter: string }) => notAfter);
    expect(ends).toEqual([...ends].sort());
  });
});

describe('a defect', () => {
  it('ends with 70, asks for a report, and shows its stack only when asked', () => {
    const broken = new Lab();
    const fault = join(broken.root, 'fault.mjs');
    writeFileSync(fault, 'JSON.stringify = () => { throw new TypeError("broken on purpose"); };\n');
    const nodeArguments = ['--import', fault];
    const { status, stderr } = broken.run(['schema'], { nodeArguments });
    expect(status).toBe(70);
    expect(stderr).toContain('report');
    expect(stderr).not.toMatch(/\bat .*\.js:\d/);
    expect(broken.run(['schema'], { nodeArguments, env: { IRONKEEL_DEBUG: '1' } }).stderr).toMatch(/\bat .*\.js:\d/);
    broken.remove();
  });
});

describe('a folder that cannot be written', () => {
  it('ends with 1 and says so', () => {
    const readOnly = new Lab();
    writeFileSync(readOnly.path('file'), '');
    const { status, stderr } = readOnly.run(['init', 'file/below', '--example', 'guide']);
    expect(status).toBe(1);
    expect(stderr).toContain('Move that file away');
    chmodSync(readOnly.folder, 0o755);
    readOnly.remove();
  });
});
