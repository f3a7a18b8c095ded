import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { adoptScript, type InstallScriptInput, renderInstallScript } from '../../src/host/scripts.js';
import { FileServer } from '../../src/host/testing/file-server.js';
import { FIRST, SECOND } from '../../src/host/testing/generations.js';
import { sha256, writeBelow } from '../../src/host/testing/payload.js';
import { ScratchMachine } from '../../src/host/testing/scratch-machine.js';
import { sealConfig } from '../../src/plan/index.js';
import { mustRun, run } from './support/run.js';

const KUBELET = Buffer.alloc(3_000_000, 'kubelet');

let machine: ScratchMachine;
let mounts: string[];
beforeEach(() => {
  machine = new ScratchMachine();
  rmSync(join(machine.stubs, 'sync'));
  mounts = [];
});
afterEach(async () => {
  for (const folder of mounts.reverse()) await run('umount', [folder]);
  machine.dispose();
});

function installInput(url: string): InstallScriptInput {
  const members = [{ from: 'kubelet', to: '/opt/bin/kubelet', mode: 0o755 }] as const;
  const kubelet = {
    name: 'kubelet',
    version: '1.36.4',
    url,
    sha256: sha256(KUBELET),
    format: 'binary',
    members,
  } as const;
  return { artefacts: [kubelet] };
}

function writeInstallScript(input: InstallScriptInput): string {
  const path = join(machine.home, 'install.sh');
  writeFileSync(path, renderInstallScript(input));
  return path;
}

/** A small file system of its own at a path of the machine. */
async function mountSmall(path: string, size: string): Promise<void> {
  const folder = join(machine.root, path);
  mkdirSync(folder, { recursive: true });
  await mustRun('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  mounts.push(folder);
}

describe('the programs of the machines', () => {
  test('shellcheck finds nothing in them', async () => {
    await mustRun('shellcheck', [machine.adoptProgram]);
    await mustRun('shellcheck', [writeInstallScript(installInput('https://dl.k8s.io/kubelet'))]);
  });
});

describe('a configuration sealed by the plan', () => {
  test('is adopted as it was meant', async () => {
    const file = (path: string, text: string, mode: number, id = 0) => ({
      path,
      mode,
      uid: id,
      gid: id,
      content: Buffer.from(text),
    });
    const unit = {
      name: 'kubelet.service',
      content: '[Service]\n',
      dropIns: [{ name: '10-a.conf', content: '[Unit]\n' }],
    };
    const sealed = sealConfig(
      {
        machine: 'worker1',
        clusterId: '6b0e0f2e-3f4e-4b0c-9d39-0a1b2c3d4e5f',
        role: 'worker',
        os: 'flatcar',
        hostname: 'worker1',
        users: [],
        directories: [{ path: '/etc/kubernetes/pki', mode: 0o750, uid: 0, gid: 65534 }],
        files: [file('/etc/kubernetes/pki/key.pem', 'key', 0o600, 65534), file('/opt/bin/tool', '#!/bin/sh\n', 0o4755)],
        links: [{ path: '/etc/localtime', target: '../usr/share/zoneinfo/UTC' }],
        units: [{ ...unit, state: 'enabled' }],
        sysctls: { 'net.ipv4.ip_forward': '1' },
        modules: ['overlay'],
        kernelArguments: [],
      },
      [],
      undefined,
    );
    writeBelow(join(machine.incoming, '1/manifest'), sealed.manifest);
    for (const { path, content } of sealed.files) {
      writeBelow(join(machine.incoming, '1/root', path), Buffer.from(content).toString());
    }
    const { status, said } = await machine.run(machine.adoptProgram);
    expect(status, said).toBe(0);
    const { output } = await run('stat', [
      '-c',
      '%a %u %g %F',
      ...['etc/kubernetes/pki', 'etc/kubernetes/pki/key.pem', 'opt/bin/tool', 'etc/localtime'].map((path) =>
        join(machine.root, path),
      ),
    ]);
    expect(output).toBe(
      '750 0 65534 directory\n600 65534 65534 regular file\n4755 0 0 regular file\n777 0 0 symbolic link\n',
    );
    expect(machine.read('etc/systemd/system/kubelet.service.d/10-a.conf')).toBe('[Unit]\n');
  });
});

describe('with the real systemctl', () => {
  const unit = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';
  const files = (fixture: typeof FIRST) => ({ ...fixture.files, '/etc/systemd/system/kubelet.service': unit });

  test('units are enabled, masked and let go below a scratch root', async () => {
    rmSync(join(machine.stubs, 'systemctl'));
    machine.offer({ ...FIRST, files: files(FIRST) });
    const first = await machine.run(machine.adoptProgram, [], { IRONKEEL_SYSTEMCTL: '' });
    expect(first.status, first.said).toBe(0);
    expect(first.said).not.toContain('warning');
    const wants = 'etc/systemd/system/multi-user.target.wants';
    expect(machine.snapshot()[`${wants}/kubelet.service`]).toBe('link /etc/systemd/system/kubelet.service');
    expect(machine.mode(wants)).toBe(0o755);
    expect(machine.snapshot()['etc/systemd/system/locksmithd.service']).toBe('link /dev/null');
    machine.offer({ ...SECOND, files: files(SECOND), units: { 'kubelet.service': 'disabled' } });
    const second = await machine.run(machine.adoptProgram, [], { IRONKEEL_SYSTEMCTL: '' });
    expect(second.status, second.said).toBe(0);
    expect(machine.has(`${wants}/kubelet.service`)).toBe(false);
    expect(machine.has('etc/systemd/system/locksmithd.service')).toBe(false);
  });
});

describe('on a full disk', () => {
  test('adoption leaves everything as it was and goes on when there is room', async () => {
    machine.offer(FIRST);
    await machine.run(machine.adoptProgram);
    await mountSmall('opt/data', '64k');
    const large = 'x'.repeat(100_000);
    machine.offer({ ...SECOND, files: { ...SECOND.files, '/opt/data/large': large } });
    const { status, said } = await machine.run(machine.adoptProgram);
    expect(status).toBe(1);
    expect(said).toContain('generation 2 was not adopted: /opt/data/large cannot be written');
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret one');
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
    await mustRun('mount', ['-o', 'remount,size=1m', join(machine.root, 'opt/data')]);
    const again = await machine.run(machine.adoptProgram);
    expect(again.status, again.said).toBe(0);
    expect(machine.read('opt/data/large')).toBe(large);
  });

  test.each([
    ['downloads', 'var/lib/ironkeel', /\/downloads\/\S+ cannot be written, [01] MB are free there: make room/],
    ['programs', 'opt/bin', /\/opt\/bin\/kubelet cannot be written, [012] MB are free there: make room/],
  ])('installation names the folder of the %s', async (_, path, message) => {
    const server = await FileServer.start();
    try {
      server.files.set('/kubelet', KUBELET);
      await mountSmall(path, '2m');
      const script = writeInstallScript(installInput(`${server.url}/kubelet`));
      const { status, said } = await machine.run(script, ['--once']);
      expect(status).toBe(1);
      expect(said).toMatch(message);
      expect(machine.has('opt/bin/kubelet')).toBe(false);
      await mustRun('mount', ['-o', 'remount,size=16m', join(machine.root, path)]);
      const again = await machine.run(script, ['--once']);
      expect(again.status, again.said).toBe(0);
      expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    } finally {
      await server.stop();
    }
  });
});

describe('an attached drive', () => {
  // Not every kernel that runs the tests knows ISO 9660 or FAT; the images themselves are mounted in a guest.
  test('is found by its label, mounted read-only and unmounted again', async () => {
    const image = join(machine.home, 'drive.img');
    await mustRun('mkfs.ext4', ['-q', '-L', 'config-2', '-d', machine.drive(FIRST), image, '8m']);
    const device = (await mustRun('losetup', ['--find', '--show', image])).trim();
    try {
      const link = join(machine.root, 'dev/disk/by-label/config-2');
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(device, link);
      const recorder = `mount "$@"; grep "${machine.root}/run/ironkeel/drive" /proc/mounts >>${machine.home}/mounted`;
      machine.stub('mount', `PATH=\${PATH#*:} ; PATH=\${PATH#*:}; ${recorder}`);
      const { status, said } = await machine.run(machine.adoptProgram);
      expect(status, said).toBe(0);
      expect(said).toContain('the drive brought generation 1\n');
      expect((await run('cat', [join(machine.home, 'mounted')])).output).toMatch(/ext4 ro,nosuid,nodev,noexec,/);
      expect((await run('grep', [machine.root, '/proc/mounts'])).code).toBe(1);
    } finally {
      await run('losetup', ['--detach', device]);
    }
  });
});

describe('a machine without a scratch root', () => {
  test('adopts and installs, in a copy of this system', async () => {
    const upper = join(machine.home, 'layer');
    await mountSmall('../layer', '32m');
    for (const folder of ['upper', 'work', 'root']) mkdirSync(join(upper, folder));
    await mustRun('mount', [
      '-t',
      'overlay',
      'overlay',
      '-o',
      `lowerdir=/,upperdir=${upper}/upper,workdir=${upper}/work`,
      `${upper}/root`,
    ]);
    mounts.push(`${upper}/root`);
    const inside = join(upper, 'root');
    // What would reach the running system is recorded; /proc/sys is a plain folder there.
    for (const name of ['systemctl', 'modprobe', 'networkctl', 'nmcli', 'udevadm']) {
      writeBelow(join(inside, 'stubs', name), `#!/bin/bash\necho "${name} $*" >>/calls\n`, 0o755);
    }
    writeBelow(join(inside, 'proc/sys/kernel/hostname'), 'localhost\n');
    mkdirSync(join(inside, 'proc/sys/net/ipv4'), { recursive: true });
    writeBelow(join(inside, 'adopt.sh'), adoptScript());
    writeBelow(join(inside, 'mirror/dl.k8s.io/kubelet'), KUBELET.toString());
    const input = { ...installInput('https://dl.k8s.io/kubelet'), mirror: '/mirror' };
    writeBelow(join(inside, 'install.sh'), renderInstallScript(input));
    await mustRun('cp', ['-r', machine.drive(FIRST), join(inside, 'drive')]);
    const env = { IRONKEEL_DRIVE_DIR: '/drive', PATH: `/stubs:${process.env.PATH}` };
    const adopted = spawnSync('chroot', [inside, 'bash', '/adopt.sh'], { env, encoding: 'utf8' });
    expect(adopted.stdout + adopted.stderr).toContain('generation 1 is adopted');
    expect(adopted.status).toBe(0);
    expect((await run('cat', [join(inside, 'proc/sys/kernel/hostname')])).output).toBe('worker1\n');
    expect((await run('cat', [join(inside, 'calls')])).output).toContain(
      'systemctl start --no-block kubelet.service\n',
    );
    const installed = spawnSync('chroot', [inside, 'bash', '/install.sh'], { env, encoding: 'utf8' });
    expect(installed.stdout + installed.stderr).toContain('everything is installed');
    expect((await run('sha256sum', [join(inside, 'opt/bin/kubelet')])).output).toContain(sha256(KUBELET));
    const again = spawnSync('chroot', [inside, 'bash', '/install.sh', '--once'], { env, encoding: 'utf8' });
    expect(again.stdout + again.stderr).toBe('ironkeel-install: everything is installed\n');
  });
});

describe('where there is wget and no curl', () => {
  test('install.sh fetches, continues what was cut and tells the answers apart', async () => {
    const server = await FileServer.start();
    try {
      server.files.set('/kubelet', KUBELET);
      server.plans.set('/kubelet', [{ status: 404 }, { cutAfter: 1_000_000 }]);
      const script = writeInstallScript(installInput(`${server.url}/kubelet`));
      const noCurl = 'command() { [[ $* != *curl ]] && builtin command "$@"; }; export -f command;';
      const { status, said } = await machine.run(script, [], { IRONKEEL_RETRY_SECONDS: '0.05' }, noCurl);
      expect(status, said).toBe(0);
      expect(said).toContain(`answers 404 for ${server.url}/kubelet`);
      expect(said).toContain('the download was cut after 1 MB and will be continued');
      expect(server.requests).toEqual(['GET /kubelet', 'GET /kubelet', 'GET /kubelet bytes=1000000-']);
      expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    } finally {
      await server.stop();
    }
  });
});
