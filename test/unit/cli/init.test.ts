import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBf1WYKwm9sBQiDaOJo7cZqYdXHsgRxHHSCf4QUPyM3P me@laptop';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.remove());

describe('init', () => {
  it('makes a key pair where there is none, and what it writes validates', () => {
    const { status, stdout } = lab.run(['init', '--example', 'guide']);
    expect(status).toBe(0);
    expect(stdout).toContain('made a pair');
    expect(statSync(lab.path('id')).mode & 0o777).toBe(0o600);
    expect(lab.read('cluster.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\/cluster\.schema\.json/);
    expect(JSON.parse(lab.read('cluster.schema.json'))).toHaveProperty('properties');
    for (const line of ['secrets.json', 'ssl/', 'inventory/', 'kubeconfig', 'id', '.ironkeel/']) {
      expect(lab.read('.gitignore').split('\n')).toContain(line);
    }
    expect(lab.run(['validate']).status).toBe(0);
  });

  it('takes the user’s own key, and a named one before it', () => {
    mkdirSync(join(lab.home, '.ssh'));
    writeFileSync(join(lab.home, '.ssh', 'id_ed25519.pub'), `${KEY}\n`);
    lab.run(['init', 'one', '--example', 'guide']);
    expect(lab.read('one/id.pub')).toBe(`${KEY}\n`);
    writeFileSync(lab.path('work.pub'), `# mine\n${KEY.replace('me@laptop', 'work')}\n`);
    lab.run(['init', 'two', '--example', 'guide', '--ssh-key', 'work.pub']);
    expect(lab.read('two/id.pub')).toContain('work');
  });

  it('never copies or shows a private key', () => {
    writeFileSync(
      lab.path('secret'),
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAASECRET\n-----END OPENSSH PRIVATE KEY-----\n',
    );
    const { status, stdout, stderr } = lab.run(['init', 'x', '--example', 'guide', '--ssh-key', 'secret']);
    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain('SECRET');
    expect(() => statSync(lab.path('x'))).toThrow();
  });

  it('leaves an existing cluster.yaml and the lines of a .gitignore alone', () => {
    writeFileSync(lab.path('.gitignore'), '*.log');
    lab.run(['init', '--example', 'guide']);
    expect(lab.read('.gitignore')).toMatch(/^\*\.log\n/);
    writeFileSync(lab.path('cluster.yaml'), '# mine\n');
    const { status, stderr } = lab.run(['init', '--example', 'guide']);
    expect(status).toBe(2);
    expect(stderr).toContain('is there already');
    expect(lab.read('cluster.yaml')).toBe('# mine\n');
  });

  it('asks nothing without a terminal: flags say it, or machines come later', () => {
    const flags = [
      '--name',
      'lab',
      '--machine',
      'm1=10.0.0.1',
      '--machine',
      'm2=10.0.0.2:edge',
      '--domain',
      'example.org',
    ];
    expect(lab.run(['init', 'full', ...flags]).status).toBe(0);
    const listed = JSON.parse(lab.run(['machine', 'list', '-C', 'full', '--output', 'json']).stdout);
    expect(listed.machines).toMatchObject([
      { name: 'm1', role: 'controller', ip: '10.0.0.1' },
      { name: 'm2', role: 'edge' },
    ]);
    expect(lab.run(['init', 'Empty Lab']).status).toBe(0);
    expect(lab.read('Empty Lab/cluster.yaml')).toContain('name: empty-lab');
    expect(lab.run(['validate', '-C', 'Empty Lab']).status).toBe(2);
    expect(lab.run(['machine', 'add', 'c1', '10.0.0.1', '--role', 'controller', '-C', 'Empty Lab']).status).toBe(0);
    expect(lab.run(['validate', '-C', 'Empty Lab']).status).toBe(0);
  });

  it('refuses names and machines that no inventory takes, and writes nothing', () => {
    for (const flags of [
      ['--name', 'Not A Name'],
      ['--machine', 'a=10.0.0.300'],
      ['--machine', '=='],
      ['--machine', 'a=10.0.0.1:boss'],
      ['--example', 'guide', '--domain', 'example.org'],
      ['--example', 'guide', '--name', 'lab', '--machine', 'a=10.0.0.1'],
    ]) {
      const { status, stderr } = lab.run(['init', 'x', ...flags]);
      expect(status, flags.join(' ')).toBe(2);
      expect(stderr).toContain('remedy');
    }
    expect(() => statSync(lab.path('x'))).toThrow();
  });
});

describe('machine', () => {
  beforeEach(() => {
    lab.run(['init', '--example', 'guide']);
  });

  it('adds with all its flags, comments and order surviving', () => {
    const before = lab.read('cluster.yaml');
    const flags = [
      '--role',
      'worker',
      '--mac',
      '52:54:00:12:34:56',
      '--os',
      'debian',
      '--disk',
      '/dev/sda',
      '--arch',
      'arm64',
    ];
    expect(lab.run(['machine', 'add', 'worker3', '10.10.10.4', ...flags])).toMatchObject({ status: 0, stderr: '' });
    const after = lab.read('cluster.yaml');
    expect(after.startsWith(before.trimEnd())).toBe(true);
    expect(after).toContain('worker3');
    expect(lab.run(['machine', 'remove', 'worker3']).status).toBe(0);
    expect(lab.read('cluster.yaml')).toBe(before);
  });

  it('refuses what would make the inventory invalid, and leaves it as it is', () => {
    const before = lab.read('cluster.yaml');
    const { status, stderr } = lab.run(['machine', 'add', 'again', '10.10.10.2']);
    expect(status).toBe(2);
    expect(stderr).toContain('10.10.10.2');
    expect(lab.run(['machine', 'remove', 'wroker1']).stderr).toContain('did you mean "worker1"?');
    expect(lab.read('cluster.yaml')).toBe(before);
  });

  it('lists as a table and as JSON', () => {
    expect(lab.run(['machine', 'list']).stdout).toMatch(/^NAME +ROLE +IP/);
    const { machines, problems } = JSON.parse(lab.run(['machine', 'list', '--output', 'json']).stdout);
    expect(machines).toHaveLength(4);
    expect(problems).toEqual([]);
  });
});

describe('validate', () => {
  it('prints every problem with its place, in text and in JSON', () => {
    lab.run(['init', '--example', 'guide']);
    writeFileSync(
      lab.path('cluster.yaml'),
      lab.read('cluster.yaml').replace('10.10.10.3', '10.10.10.2').replace('role: edge', 'role: egde'),
    );
    const text = lab.run(['validate']);
    expect(text.status).toBe(2);
    expect(text.stderr).toMatch(/^cluster\.yaml:\d+:\d+: error: /m);
    const { problems } = JSON.parse(lab.run(['validate', '--output', 'json']).stdout);
    expect(problems.length).toBeGreaterThanOrEqual(2);
    expect(problems[0]).toHaveProperty('source.line');
  });

  it('ends with 2 for a missing file, a folder, and binary', () => {
    expect(lab.run(['validate']).status).toBe(2);
    expect(lab.run(['validate', '-f', '.']).status).toBe(2);
    writeFileSync(lab.path('cluster.yaml'), Buffer.from([0, 1, 2, 255]));
    expect(lab.run(['validate']).status).toBe(2);
  });
});

it('is what the names in package.json promise', () => {
  const { stdout } = spawnSync(
    process.execPath,
    ['-e', "import('ironkeel').then((m) => console.log(typeof m.generate, typeof m.parseInventory))"],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe('function function\n');
});
