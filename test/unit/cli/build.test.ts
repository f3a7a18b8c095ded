import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectCutBuild } from './cut-build.js';
import { Lab, type Run } from './lab.js';

const USER_DATA = 'inventory/node-worker1/cloud-config/openstack/latest/user_data';
const DRIVE = 'inventory/node-worker1/config.iso';

const FRAGILE = [
  'ssl/ca.pem',
  'kubeconfig',
  'known_hosts',
  'ironkeel.lock',
  DRIVE,
  USER_DATA,
  'inventory/node-worker1/install.sh',
  'inventory/node-worker1/config.ign',
  'inventory/node-controller/ssl/apiserver-key.pem',
];

let base: Lab;
let first: Run;
let lab: Lab;
beforeAll(() => {
  base = new Lab();
  base.run(['init', '--example', 'guide']);
  first = base.run(['build']);
}, 60_000);
afterAll(() => base.remove());
beforeEach(() => {
  lab = base.copy();
});
afterEach(() => lab.remove());

function build(...args: readonly string[]): Run {
  return lab.run(['build', ...args]);
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(lab.path(path), change(lab.read(path)));
}

/** Inverts one bit in the middle of a file. */
function flip(path: string): void {
  const content = readFileSync(lab.path(path));
  const middle = Math.floor(content.length / 2);
  content.writeUInt8((content[middle] ?? 0) ^ 0x80, middle);
  writeFileSync(lab.path(path), content);
}

describe('a first build', () => {
  it('makes the folders of the guide and says what is next', () => {
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/^guide: 4 machines; \d+ certificates issued; \d+ files written/);
    expect(first.stdout).toContain('ironkeel kubeconfig --merge');
    const paths = [...base.snapshot().keys()];
    for (const name of ['controller', 'worker1', 'worker2', 'example.com']) {
      const folder = `inventory/node-${name}`;
      expect(paths).toEqual(
        expect.arrayContaining([
          `${folder}/cloud-config/openstack/latest/user_data`,
          `${folder}/config.iso`,
          `${folder}/install.sh`,
        ]),
      );
    }
    expect(paths).toEqual(
      expect.arrayContaining(['ssl/ca.pem', 'ssl/ca-key.pem', 'ssl/admin.pem', 'kubeconfig', 'ironkeel.lock']),
    );
  });

  it('keeps to itself what holds a key, whatever the umask', () => {
    const other = new Lab();
    other.run(['init', '--example', 'guide']);
    expect(other.shell('umask 000; ironkeel build').status).toBe(0);
    for (const [path, { content, mode }] of other.snapshot()) {
      if (content.includes('PRIVATE KEY') || /config\.(iso|ign)$|user_data$|kubeconfig$/.test(path))
        expect(mode, path).toBe(0o600);
      expect(mode & 0o022, path).toBe(0);
    }
    for (const folder of ['inventory', 'inventory/node-worker1', 'ssl', '.ironkeel']) {
      expect(statSync(other.path(folder)).mode & 0o777, folder).toBe(0o700);
    }
    other.remove();
  });
});

describe('a rerun', () => {
  it('changes no byte and no time, with and without its cache', () => {
    const before = lab.snapshot();
    for (const prepare of [() => {}, () => rmSync(lab.path('.ironkeel'), { recursive: true })]) {
      prepare();
      expect(build()).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing changed') });
      expect(build('--check')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing would change') });
      expect(lab.snapshot()).toEqual(before);
    }
  });

  it('repairs whatever was deleted, flipped, or opened to others', () => {
    const before = lab.contents();
    build();
    for (const path of FRAGILE) rmSync(lab.path(path));
    const check = build('--check');
    expect(check.status).toBe(1);
    for (const path of FRAGILE) {
      expect(check.stdout).toContain(path);
      expect(existsSync(lab.path(path))).toBe(false);
    }
    const { stdout } = build();
    for (const path of FRAGILE) expect(stdout).toContain(`repaired ${path}`);
    expect(lab.contents()).toEqual(before);
    for (const path of FRAGILE) {
      flip(path);
      chmodSync(lab.path(path), 0o666);
    }
    expect(build()).toMatchObject({ status: 0, stderr: '' });
    expect(lab.contents()).toEqual(before);
  });
});

describe('private folders', () => {
  const FOLDERS = ['inventory', 'inventory/node-worker1', 'inventory/node-controller/ssl', 'ssl'];

  it('are private again after they were opened to others', () => {
    build();
    for (const folder of FOLDERS) chmodSync(lab.path(folder), 0o755);
    const check = build('--check');
    expect(check.status).toBe(1);
    for (const folder of FOLDERS) expect(check.stdout).toContain(`would set the mode of ${folder}\n`);
    expect(statSync(lab.path('ssl')).mode & 0o777).toBe(0o755);
    const { stdout } = build();
    for (const folder of FOLDERS) {
      expect(stdout).toContain(`set the mode of ${folder}\n`);
      expect(statSync(lab.path(folder)).mode & 0o777, folder).toBe(0o700);
    }
    expect(build().stdout).toContain('nothing changed');
  });

  it.each(['ssl', 'inventory', 'inventory/node-worker1'])('notice that %s alone was opened', (folder) => {
    build();
    chmodSync(lab.path(folder), 0o711);
    expect(build().stdout).toContain(`set the mode of ${folder}\n`);
  });

  it('do not include the one of the cluster', () => {
    chmodSync(lab.folder, 0o755);
    rmSync(lab.path('.ironkeel'), { recursive: true });
    expect(build().stdout).toContain('nothing changed');
    expect(statSync(lab.folder).mode & 0o777).toBe(0o755);
  });
});

describe('the schema for editors', () => {
  const SCHEMA = 'cluster.schema.json';

  it('is written again when it is gone, or of another version', () => {
    const schema = lab.read(SCHEMA);
    build();
    rmSync(lab.path(SCHEMA));
    expect(build('--check')).toMatchObject({ status: 1, stdout: expect.stringContaining(`would repair ${SCHEMA}`) });
    expect(build().stdout).toContain(`repaired ${SCHEMA}`);
    expect(lab.read(SCHEMA)).toBe(schema);
    writeFileSync(lab.path(SCHEMA), '{}');
    rmSync(lab.path('.ironkeel'), { recursive: true });
    expect(build().stdout).toContain(`updated ${SCHEMA}`);
    expect(lab.read(SCHEMA)).toBe(schema);
    expect(build().stdout).toContain('nothing changed');
  });

  it('is left alone when the inventory does not point to it', () => {
    edit('cluster.yaml', (text) => text.slice(text.indexOf('\n') + 1));
    build();
    expect(existsSync(lab.path(SCHEMA))).toBe(true);
    rmSync(lab.path(SCHEMA));
    expect(build().stdout).toContain('nothing changed');
    expect(existsSync(lab.path(SCHEMA))).toBe(false);
  });
});

describe('an edit', () => {
  beforeEach(() => {
    build();
    edit(USER_DATA, (text) => `${text}# by hand\n`);
  });

  it('is kept, named, and on the drive, until --force', () => {
    const before = base.contents();
    for (let again = 0; again < 2; again++) {
      const { status, stderr } = build();
      expect(status).toBe(0);
      expect(stderr).toContain(`warning: ${USER_DATA} was edited and is kept`);
    }
    expect(lab.read(USER_DATA)).toMatch(/# by hand\n$/);
    expect(readFileSync(lab.path(DRIVE), 'latin1')).toContain('# by hand');
    expect(JSON.parse(build('--output', 'json').stdout)).toMatchObject({ ok: true, kept: [USER_DATA], changed: false });
    expect(build('--check', '--force')).toMatchObject({ status: 1 });
    expect(build('--force').stdout).toContain(`replaced your edit of ${USER_DATA}`);
    expect(lab.contents()).toEqual(before);
  });

  it('of what is not on the drive is kept without speaking of it', () => {
    const script = 'inventory/node-worker1/install.sh';
    edit(script, (text) => `${text}# by hand\n`);
    for (let again = 0; again < 2; again++) {
      const { stderr } = build();
      expect(stderr).toContain(`warning: ${script} was edited and is kept\n`);
      expect(stderr).toContain(`warning: ${USER_DATA} was edited and is kept; the drive is made with it\n`);
    }
  });

  it('is kept without the cache too, and an edit taken back is no edit', () => {
    rmSync(lab.path('.ironkeel'), { recursive: true });
    expect(build().stderr).toContain(USER_DATA);
    edit(USER_DATA, (text) => text.replace('# by hand\n', ''));
    expect(build().stderr).toBe('');
    expect(lab.contents()).toEqual(base.contents());
  });

  it('survives a change of the inventory, and the drive says what the folder says', () => {
    edit('cluster.yaml', (text) => `${text}ntp: [192.0.2.1]\n`);
    expect(build().stderr).toContain('was edited and is kept');
    const drive = readFileSync(lab.path(DRIVE));
    expect(lab.run(['image', 'inventory/node-worker1']).status).toBe(0);
    expect(readFileSync(lab.path(DRIVE)).equals(drive)).toBe(true);
  });

  it('never costs a private file its mode', () => {
    chmodSync(lab.path(USER_DATA), 0o644);
    build();
    expect(statSync(lab.path(USER_DATA)).mode & 0o777).toBe(0o600);
  });
});

describe('a change of the inventory', () => {
  it('reissues what has to be, names it with its reason, and touches no other machine', () => {
    // Without it every firewall has to learn the new address.
    edit('cluster.yaml', (text) => `${text}firewall: {nodes: [10.10.10.0/24]}\n`);
    build();
    const before = lab.contents();
    edit('cluster.yaml', (text) => text.replace('10.10.10.3', '10.10.10.33'));
    const check = build('--check');
    expect(check.status).toBe(1);
    expect(check.stdout).toMatch(/would reissue certificate worker2\/kubelet-server: .*10\.10\.10\.33/);
    expect(lab.contents()).toEqual({ ...before, 'cluster.yaml': lab.contents()['cluster.yaml'] });
    expect(build().stdout).toContain('reissued certificate worker2/kubelet-server');
    const after = lab.contents();
    expect(after['inventory/node-worker1/config.iso']).toBe(before['inventory/node-worker1/config.iso']);
    expect(after['inventory/node-worker2/config.iso']).not.toBe(before['inventory/node-worker2/config.iso']);
    expect(JSON.parse(lab.read('ironkeel.lock')).machines).toMatchObject({
      worker1: { generation: 2 },
      worker2: { generation: 3 },
    });
  });

  it('leaves the folder of a removed machine, and names it each time', () => {
    lab.run(['machine', 'remove', 'worker2']);
    for (let again = 0; again < 2; again++) expect(build().stderr).toContain('inventory/node-worker2 is of a machine');
    expect(existsSync(lab.path('inventory/node-worker2/config.iso'))).toBe(true);
  });

  it('with machines named, writes their folders only', () => {
    edit('cluster.yaml', (text) => `${text}ntp: [192.0.2.1]\n`);
    const before = lab.contents();
    expect(build('worker1').status).toBe(0);
    const after = lab.contents();
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed.every((path) => path.startsWith('inventory/node-worker1/') || path === 'ironkeel.lock')).toBe(true);
    expect(changed).toContain(DRIVE);
    expect(build('wroker1')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean "worker1"?') });
    expect(build().stdout).toContain('inventory/node-worker2/config.iso');
  });

  it('writes nothing at all when there is an error', () => {
    edit('cluster.yaml', (text) => text.replace('role: edge', 'role: egde'));
    const before = lab.snapshot();
    expect(build().status).toBe(2);
    expect(lab.snapshot()).toEqual(before);
  });
});

describe('secrets', () => {
  it('are never made anew while something was made from the old ones', () => {
    rmSync(lab.path('secrets.json'));
    const before = lab.snapshot();
    expect(build()).toMatchObject({ status: 2, stderr: expect.stringContaining('Restore secrets.json') });
    expect(lab.snapshot()).toEqual(before);
  });

  it.each(['secrets.json', 'ssl/ca-key.pem'])('are refused with the remedy when others can read %s', (path) => {
    chmodSync(lab.path(path), 0o644);
    const { status, stderr } = build();
    expect(status).toBe(2);
    expect(stderr).toContain('chmod 600');
    expect(stderr).not.toContain('PRIVATE');
  });

  it('work encrypted, and come back as they were', () => {
    const env = { IRONKEEL_PASSPHRASE: 'correct horse' };
    const plain = lab.read('secrets.json');
    expect(lab.run(['secrets', 'encrypt'], { env }).status).toBe(0);
    expect(existsSync(lab.path('secrets.json'))).toBe(false);
    expect(existsSync(lab.path('ssl/ca-key.pem'))).toBe(false);
    expect(lab.run(['build'], { env }).status).toBe(0);
    expect(build().stdout).toContain('nothing changed');
    expect(existsSync(lab.path('ssl/ca-key.pem'))).toBe(false);
    expect(lab.run(['certs', 'list'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--passphrase-file'),
    });
    expect(lab.run(['certs', 'list'], { env: { IRONKEEL_PASSPHRASE: 'wrong' } }).status).toBe(2);
    expect(lab.run(['secrets', 'decrypt'], { env }).status).toBe(0);
    expect(lab.read('secrets.json')).toBe(plain);
    expect(build().stdout).toContain('ssl/ca-key.pem');
  }, 60_000);

  it('in git draw a warning', () => {
    const git = (...args: readonly string[]) => spawnSync('git', args, { cwd: lab.folder });
    git('init', '-q');
    expect(build().stderr).toBe('');
    git('add', '-f', 'secrets.json', 'ssl/ca.pem');
    const { status, stderr } = build();
    expect(status).toBe(0);
    expect(stderr).toContain('git tracks plain secrets: secrets.json\n');
  });
});

describe('the lock', () => {
  it('is not what generations hang on alone', () => {
    edit('cluster.yaml', (text) => `${text}ntp: [192.0.2.1]\n`);
    build();
    const before = lab.contents();
    rmSync(lab.path('ironkeel.lock'));
    build();
    expect(lab.contents()).toEqual(before);
    rmSync(lab.path('ironkeel.lock'));
    rmSync(lab.path('.ironkeel'), { recursive: true });
    build();
    expect(lab.contents()).toEqual(before);
  });

  it('of another cluster is refused', () => {
    rmSync(lab.path('.ironkeel'), { recursive: true });
    edit('ironkeel.lock', (text) => text.replace(/"clusterId": "[0-9a-f]{8}/, '"clusterId": "00000000'));
    expect(build()).toMatchObject({ status: 2, stderr: expect.stringContaining('another cluster') });
  });
});

describe('a build that is cut off', () => {
  let after: Record<string, string>;
  beforeAll(() => {
    const whole = base.copy();
    writeFileSync(whole.path('cluster.yaml'), `${whole.read('cluster.yaml')}ntp: [192.0.2.1]\n`);
    whole.run(['build']);
    after = whole.contents();
    whole.remove();
  });

  it.each([
    ['SIGKILL', 1],
    ['SIGKILL', 2],
    ['SIGKILL', 7],
    ['SIGKILL', 20],
    ['SIGKILL', 43],
    ['SIGINT', 3],
    ['SIGINT', 24],
    ['SIGTERM', 35],
  ])('by %s at step %i leaves whole files, and the next one finishes', (signal, step) => {
    edit('cluster.yaml', (text) => `${text}ntp: [192.0.2.1]\n`);
    expectCutBuild(lab, { signal, step, after });
  });

  it('for a full disk says so, and goes on where it stopped', () => {
    rmSync(lab.path('inventory'), { recursive: true });
    renameSync(lab.path('kubeconfig'), lab.path('kubeconfig.old'));
    writeFileSync(lab.path('inventory'), 'in the way');
    const { status, stderr } = build();
    expect(status).toBe(1);
    expect(stderr).toContain('Move that file away');
    expect(stderr).not.toMatch(/\bat .*\.js:\d/);
    rmSync(lab.path('inventory'));
    rmSync(lab.path('kubeconfig.old'));
    expect(build().status).toBe(0);
    expect(lab.contents()).toEqual(base.contents());
  });
});
