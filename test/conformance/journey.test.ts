import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiServer } from './journey/api-server.js';
import { NewUser } from './journey/new-user.js';

const MACHINES = [
  ['controller', '10.10.10.1', 'controller'],
  ['worker1', '10.10.10.2', 'worker'],
  ['worker2', '10.10.10.3', 'worker'],
  ['example.com', '123.234.234.123', 'edge'],
] as const;
const USER_DATA = 'cloud-config/openstack/latest/user_data';

// One story, in order: each test starts from what the one before it left.
describe('a new user', () => {
  const user = new NewUser();
  beforeAll(() => {
    user.mustIn(user.home, 'git', 'clone', '--quiet', `file://${resolve('.')}`, user.clone);
  });
  afterAll(() => user.leave());

  it('follows the README: npm ci, the demo, the installation', () => {
    user.mustIn(user.clone, 'npm', 'ci', '--prefer-offline');
    const shown = user.mustIn(user.clone, 'npm', 'run', '--silent', 'demo');
    for (const word of ['node-controller', 'node-example.com', 'config.iso', 'kubeconfig'])
      expect(shown).toContain(word);
    user.mustIn(user.clone, 'npm', 'install', '--global', '--offline', '.');
    expect(user.must('ironkeel', '--version').trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(user.mustIn(user.clone, 'git', 'status', '--porcelain')).toBe('');
  });

  it('begins a cluster and adds the four machines', () => {
    user.must('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(user.home, 'key'));
    user.must(
      'ironkeel',
      'init',
      '--name',
      'guide',
      '--machine',
      'controller=10.10.10.1:controller',
      '--ssh-key',
      join(user.home, 'key.pub'),
      '--yes',
    );
    for (const [name, ip, role] of MACHINES.slice(1)) user.must('ironkeel', 'machine', 'add', name, ip, '--role', role);
    const { machines } = JSON.parse(user.must('ironkeel', 'machine', 'list', '--output', 'json'));
    expect(machines).toMatchObject(MACHINES.map(([name, ip, role]) => ({ name, ip, role })));
  });

  it('builds, and a second build changes nothing', () => {
    user.must('ironkeel', 'build');
    const first = user.snapshot();
    for (const [name] of MACHINES) expect(Object.keys(first)).toContain(`inventory/node-${name}/config.iso`);
    user.must('ironkeel', 'build');
    expect(user.snapshot()).toEqual(first);
    user.must('ironkeel', 'build', '--check');
  });

  it.each(MACHINES.map(([name]) => name))('looks into the drive of %s with foreign tools', (name) => {
    const iso = join(user.folder, `inventory/node-${name}/config.iso`);
    const summary = execFileSync('isoinfo', ['-d', '-i', iso], { encoding: 'utf8' });
    expect(summary).toContain('Volume id: config-2');
    expect(summary).toContain('Rock Ridge signatures');
    expect(summary).toContain('Joliet with UCS level 3');
    const folder = join(user.home, `read-${name}`);
    execFileSync('xorriso', ['-osirrox', 'on:auto_chmod_on', '-indev', iso, '-extract', '/', folder], {
      stdio: 'ignore',
    });
    const inside = readFileSync(join(folder, 'openstack/latest/user_data'));
    expect(inside.equals(readFileSync(join(user.folder, `inventory/node-${name}`, USER_DATA)))).toBe(true);
    const listing = execFileSync('isoinfo', ['-R', '-l', '-i', iso], { encoding: 'utf8' });
    expect(listing.split('\n').filter((line) => line.includes('user_data'))).toEqual([
      expect.stringMatching(/^-r--------/),
    ]);
  });

  describe('makes mistakes in cluster.yaml', () => {
    let good: string;
    beforeAll(() => {
      good = user.read('cluster.yaml');
    });
    afterAll(() => writeFileSync(join(user.folder, 'cluster.yaml'), good));

    const mistakes: readonly [string, (yaml: string) => string][] = [
      ['the same address twice', (yaml) => yaml.replace('10.10.10.3', '10.10.10.2')],
      ['the same name twice', (yaml) => yaml.replace('worker2', 'worker1')],
      ['an address with a leading zero', (yaml) => yaml.replace('10.10.10.3', '010.10.10.3')],
      ['no address at all', (yaml) => yaml.replace('10.10.10.3', '10.10.10.333')],
      ['a role that does not exist', (yaml) => yaml.replace(/role: edge/, 'role: egde')],
      ['a field that does not exist', (yaml) => yaml.replace(/^machines:/m, 'podrange: 10.2.0.0/16\nmachines:')],
      ['no controller', (yaml) => yaml.replace(/^( +.*\brole: )controller/m, '$1worker')],
      ['a machine inside the pod range', (yaml) => yaml.replace('10.10.10.3', '10.2.0.3')],
      ['a name Kubernetes cannot use', (yaml) => yaml.replace('worker2', 'Worker_2')],
      ['text that is no YAML', (yaml) => yaml.replace(/^machines:/m, 'machines: [{')],
    ];

    it.each(mistakes)('%s', (_name, spoil) => {
      expect(spoil(good)).not.toBe(good);
      writeFileSync(join(user.folder, 'cluster.yaml'), spoil(good));
      const before = user.snapshot();
      const { status, stdout, stderr } = user.run('ironkeel', ['build']);
      expect(status, stdout + stderr).toBe(2);
      expect(stderr).toMatch(/cluster\.yaml:\d+:\d+/);
      expect(stderr).not.toMatch(/^\s+at .*\.js:\d+/m);
      expect(user.snapshot()).toEqual(before);
    });
  });

  it('repairs what was deleted and flipped', () => {
    const good = user.snapshot();
    rmSync(join(user.folder, 'inventory/node-worker1'), { recursive: true });
    const iso = join(user.folder, 'inventory/node-worker2/config.iso');
    const bytes = readFileSync(iso);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 100) ^ 1, bytes.length - 100);
    writeFileSync(iso, bytes);
    expect(user.run('ironkeel', ['build', '--check']).status).toBe(1);
    user.must('ironkeel', 'build');
    expect(user.snapshot()).toEqual(good);
  });

  it('encrypts the secrets and builds again', () => {
    const env = { IRONKEEL_PASSPHRASE: 'correct horse battery staple' };
    const before = user.snapshot();
    const encrypted = user.run('ironkeel', ['secrets', 'encrypt'], { env });
    expect(encrypted.status, encrypted.stderr).toBe(0);
    const after = user.snapshot();
    expect(Object.keys(after)).toContain('secrets.json.age');
    expect(Object.keys(after)).not.toContain('secrets.json');
    for (const path of Object.keys(after).filter((each) => each.endsWith('config.iso')))
      expect(after[path]).toBe(before[path]);
    rmSync(join(user.folder, 'inventory/node-worker1'), { recursive: true });
    expect(user.run('ironkeel', ['build'], { env: { IRONKEEL_PASSPHRASE: 'wrong' } }).status).toBe(2);
    const built = user.run('ironkeel', ['build'], { env });
    expect(built.status, built.stderr).toBe(0);
    expect(user.snapshot()).toEqual(after);
    const decrypted = user.run('ironkeel', ['secrets', 'decrypt'], { env });
    expect(decrypted.status, decrypted.stderr).toBe(0);
    // The plain CA key beside the certificates comes back with the next build.
    user.must('ironkeel', 'build');
    expect(user.snapshot()).toEqual(before);
  });

  describe('uses the real kubectl', () => {
    let kubectl: string;
    beforeAll(() => {
      kubectl = execFileSync('bash', ['lab/components/build.sh', 'kubernetes', 'kubectl'], { encoding: 'utf8' }).trim();
    }, 1_800_000);

    it('on the merged kubeconfig, other contexts unharmed', () => {
      mkdirSync(join(user.home, '.kube'), { recursive: true });
      user.must(kubectl, 'config', 'set-cluster', 'old', '--server', 'https://127.0.0.1:1');
      user.must(kubectl, 'config', 'set-credentials', 'old-user', '--token', 'old-token');
      user.must(kubectl, 'config', 'set-context', 'old', '--cluster', 'old', '--user', 'old-user');
      user.must(kubectl, 'config', 'use-context', 'old');
      user.must('ironkeel', 'kubeconfig', '--merge');
      expect(user.must(kubectl, 'config', 'get-contexts', '-o', 'name').trim().split('\n').sort()).toEqual([
        'guide',
        'old',
      ]);
      expect(user.must(kubectl, 'config', 'current-context').trim()).toBe('guide');
      const view = JSON.parse(
        user.must(kubectl, 'config', 'view', '--raw', '--minify', '--context', 'old', '-o', 'json'),
      );
      expect(view.users[0].user.token).toBe('old-token');
      const server = user.must(kubectl, 'config', 'view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}');
      expect(server).toBe('https://10.10.10.1:6443');
    });

    it('against the certificates that were issued, over TLS', async () => {
      const server = await startApiServer({
        ca: user.read('ssl/ca.pem'),
        cert: user.read('inventory/node-controller/ssl/apiserver.pem'),
        key: user.read('inventory/node-controller/ssl/apiserver-key.pem'),
      });
      try {
        // Not in this process' thread: the server has to answer meanwhile.
        expect(
          await output(kubectl, ['--server', server.url, '--request-timeout', '20s', 'get', '--raw', '/readyz']),
        ).toBe('ok');
        expect(server.clients).toEqual([expect.stringMatching(/admin/)]);
      } finally {
        await server.close();
      }
    });

    function output(command: string, args: readonly string[]): Promise<string> {
      const child = spawn(command, args, { env: { HOME: user.home, PATH: process.env.PATH }, timeout: 60_000 });
      let text = '';
      child.stdout.on('data', (chunk) => (text += chunk));
      child.stderr.on('data', (chunk) => (text += chunk));
      return new Promise((done, failed) => child.on('error', failed).on('close', () => done(text)));
    }
  });
});
