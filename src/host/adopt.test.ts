import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST, omit, SECOND } from './testing/generations.js';
import { manifestOf, type PayloadFixture, writeBelow } from './testing/payload.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

let machine: ScratchMachine;
beforeEach(() => {
  machine = new ScratchMachine();
});
afterEach(() => machine.dispose());

function adopt(env: NodeJS.ProcessEnv = {}, setup = ''): Promise<Outcome> {
  return machine.run(machine.adoptProgram, [], env, setup);
}

describe('a first adoption', () => {
  it('puts every file, folder, link and unit in place and opens the gate', async () => {
    machine.offer(FIRST);
    const { status, said } = await adopt();
    expect(said).toBe('ironkeel-adopt: generation 1 is adopted, 9 files changed\n');
    expect(status).toBe(0);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret one');
    expect(machine.mode('etc/kubernetes/pki/kubelet.key')).toBe(0o600);
    expect(machine.mode('opt/bin/ironkeel-install')).toBe(0o755);
    expect(machine.mode('etc/kubernetes/manifests')).toBe(0o700);
    expect(machine.mode('etc/kubernetes/pki')).toBe(0o755);
    expect(machine.snapshot()['etc/kubernetes/current']).toBe('link pki');
    expect(machine.snapshot()['etc/systemd/system/locksmithd.service']).toBe('link /dev/null');
    expect(machine.has('etc/systemd/system/multi-user.target.wants/kubelet.service')).toBe(true);
    expect(machine.read('var/lib/ironkeel/applied/generation')).toBe('1\n');
    expect(machine.read('var/lib/ironkeel/applied/manifest')).toBe(manifestOf(FIRST));
    expect(machine.has('var/lib/ironkeel/adopting')).toBe(false);
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
    expect(Object.keys(machine.snapshot()).filter((path) => path.endsWith('.ironkeel-new'))).toEqual([]);
  });

  it('makes modules, sysctls and the hostname take effect, and starts the units without waiting', async () => {
    machine.offer(FIRST);
    await adopt();
    expect(machine.calls()).toEqual(
      expect.arrayContaining([
        'systemctl daemon-reload',
        'modprobe -- br_netfilter',
        'systemctl stop locksmithd.service',
        'systemctl start kubelet.service',
      ]),
    );
    expect(machine.read('proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(machine.read('proc/sys/kernel/hostname')).toBe('worker1\n');
  });

  it('fails in plain words when there is nothing to adopt', async () => {
    const { status, said } = await adopt();
    expect(status).toBe(1);
    expect(said).toContain('holds no whole configuration for this machine. Attach its drive, then run ironkeel-adopt');
    expect(machine.has('run/ironkeel/adopted')).toBe(false);
  });

  it('takes the generation of an attached drive', async () => {
    const drive = machine.drive(FIRST);
    const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: drive });
    expect(said).toContain('the drive brought generation 1\n');
    expect(status).toBe(0);
    expect(machine.mode('var/lib/ironkeel/incoming/1/root/etc/hostname')).toBe(0o600);
    expect(machine.read('etc/hostname')).toBe('worker1\n');
  });

  it('refuses what is meant for another machine', async () => {
    writeBelow(join(machine.root, 'etc/ironkeel/machine'), 'worker2\n');
    machine.offer(FIRST);
    const { status, said } = await adopt();
    expect(said).toContain('generation 1 is refused: it is for the machine worker1, which this is not');
    expect(status).toBe(1);
    expect(machine.has('etc/hostname')).toBe(false);
  });
});

describe('running again', () => {
  it('changes nothing, starts nothing', async () => {
    machine.offer(FIRST);
    await adopt();
    const before = machine.snapshot();
    machine.calls();
    const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: machine.drive(FIRST) });
    expect({ status, said }).toEqual({ status: 0, said: '' });
    expect(machine.snapshot()).toEqual(before);
    expect(machine.calls()).toEqual([]);
  });

  it('after a reboot opens the gate again and applies what the kernel forgot', async () => {
    machine.offer(FIRST);
    await adopt();
    machine.calls();
    rmSync(join(machine.root, 'run'), { recursive: true });
    writeFileSync(join(machine.root, 'proc/sys/net/ipv4/ip_forward'), '0\n');
    expect(await adopt()).toEqual({ status: 0, said: '' });
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
    expect(machine.read('proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(machine.calls()).toEqual(['modprobe -- br_netfilter', 'systemctl start kubelet.service']);
  });

  it('needs no copy in incoming any more', async () => {
    machine.offer(FIRST);
    await adopt();
    rmSync(machine.incoming, { recursive: true });
    expect(await adopt()).toEqual({ status: 0, said: '' });
  });

  it('shows what is applied', async () => {
    machine.offer(FIRST);
    await adopt();
    machine.offer(SECOND);
    const { said } = await machine.run(machine.adoptProgram, ['--status']);
    const manifest = manifestOf(FIRST);
    const digest = manifest.match(/^digest (.*)$/m)?.[1];
    // What the lock counts: the cluster, the machine, and every entry; never the generation.
    const [, cluster, name] = /^cluster (.*)\nmachine (.*)$/m.exec(manifest) ?? [];
    const entries = manifest.split('\n').slice(4, -2).join('\n');
    const configuration = createHash('sha256').update(`${cluster}\n${name}\n${entries}\n`).digest('hex');
    expect(said).toBe(`applied 1\ndigest ${digest}\nconfiguration ${configuration}\nincoming 2\nready yes\n`);
  });
});

describe('a newer generation', () => {
  beforeEach(async () => {
    machine.offer(FIRST);
    await adopt();
    machine.calls();
  });

  it('replaces what changed, removes what left, keeps the rest as it is', async () => {
    writeBelow(join(machine.root, 'etc/kubernetes/manifests/the-users-own.yaml'), 'kind: Pod\n');
    machine.offer(SECOND);
    const { status, said } = await adopt();
    expect(said).toContain('ironkeel-adopt: generation 2 is adopted, 4 files changed\n');
    expect(said).toContain('ironkeel-adopt: generation 1 is older than 2: it is removed\n');
    expect(status).toBe(0);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret two');
    expect(machine.has('etc/kubernetes/manifests/old.yaml')).toBe(false);
    expect(machine.has('etc/kubernetes/manifests/the-users-own.yaml')).toBe(true);
    expect(machine.snapshot()['etc/kubernetes/current']).toBe('link manifests');
    expect(machine.has('etc/systemd/system/locksmithd.service')).toBe(false);
    expect(machine.has('var/lib/ironkeel/incoming/1')).toBe(false);
    expect(machine.calls().filter((call) => !call.startsWith('restorecon'))).toEqual([
      'systemctl daemon-reload',
      'modprobe -- br_netfilter',
      'networkctl reload',
      'systemctl start node-helper.service',
    ]);
  });

  it('says which running units changed, restarts none of them but fetches new programs', async () => {
    const files = {
      ...FIRST.files,
      '/etc/systemd/system/kubelet.service.d/10-more.conf': '[Service]\n',
      '/opt/bin/ironkeel-install': ['#!/bin/sh\n# newer\n', 0o755] as const,
    };
    machine.offer({ ...FIRST, generation: 2, files });
    const { said } = await adopt();
    expect(said).toContain('these units changed and run as before until they are restarted: kubelet.service\n');
    const started = machine.calls().filter((call) => /systemctl (re)?start/.test(call));
    expect(started).toEqual(['systemctl restart ironkeel-install.service']);
  });

  it('lets NetworkManager read its configuration again besides the connections', async () => {
    const files = { ...FIRST.files, '/etc/NetworkManager/conf.d/pods.conf': '[keyfile]\n' };
    machine.offer({ ...FIRST, generation: 2, files });
    await adopt();
    const calls = machine.calls().filter((call) => call.startsWith('nmcli'));
    expect(calls).toEqual(['nmcli general reload conf', 'nmcli connection reload']);
  });

  it('lets SSH and containerd read their files again, which ends neither a session nor a container', async () => {
    const files = {
      ...FIRST.files,
      '/etc/ssh/ssh_host_ed25519_key': ['a new key', 0o600] as const,
      '/etc/containerd/config.toml': 'version = 2\n',
    };
    machine.offer({ ...FIRST, generation: 2, files });
    await adopt();
    expect(machine.calls().filter((call) => call.includes(' try-re'))).toEqual([
      'systemctl try-reload-or-restart ssh.service',
      'systemctl try-reload-or-restart sshd.service',
      'systemctl try-restart containerd.service',
    ]);
  });

  it('lets a unit go that left', async () => {
    machine.offer({ ...SECOND, generation: 3, units: {} });
    await adopt();
    expect(machine.has('etc/systemd/system/multi-user.target.wants/kubelet.service')).toBe(false);
    expect(machine.calls()).toContain('systemctl stop kubelet.service');
  });

  it('removes a folder that left, unless something is in it', async () => {
    const { directories: _, ...rest } = SECOND;
    machine.offer({ ...rest, directories: { '/srv/empty': 0o755, '/srv/used': 0o755 } });
    await adopt();
    writeBelow(join(machine.root, 'srv/used/data'), 'mine');
    machine.offer({ ...rest, generation: 3 });
    await adopt();
    expect([machine.has('srv/empty'), machine.has('srv/used/data')]).toEqual([false, true]);
  });

  it('is not undone by an older drive or by a first-boot mechanism that places its own again', async () => {
    const oldDrive = machine.drive(FIRST);
    machine.offer(SECOND);
    await adopt();
    const after = machine.snapshot();
    machine.offer(FIRST);
    const { status, said } = await adopt({ IRONKEEL_DRIVE_DIR: oldDrive });
    expect(status).toBe(0);
    expect(said).toBe(
      'ironkeel-adopt: the drive holds generation 1, older than 2: it is ignored\n' +
        'ironkeel-adopt: generation 1 is older than 2: it is removed\n',
    );
    expect(machine.snapshot()).toEqual(after);
  });

  it.each(['incoming', 'drive'])('is refused from %s when it has the number of the applied one', async (from) => {
    const twin = { ...SECOND, generation: 1 };
    if (from === 'incoming') machine.offer(twin);
    const env = from === 'drive' ? { IRONKEEL_DRIVE_DIR: machine.drive(twin) } : {};
    const { status, said } = await adopt(env);
    expect(said).toContain('another configuration is also called generation 1: refused.');
    expect(status).toBe(1);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret one');
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
  });

  it('is refused when it is of another cluster', async () => {
    machine.offer({ ...SECOND, cluster: '00000000-3f4e-4b0c-9d39-0a1b2c3d4e5f' });
    const { status, said } = await adopt();
    expect(said).toContain('generation 2 is refused: it is of the cluster 00000000-');
    expect(status).toBe(1);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret one');
  });

  it('leaves everything as it was when a folder is where a file belongs', async () => {
    writeBelow(join(machine.root, 'etc/systemd/system/node-helper.service/x'), '');
    const before = machine.snapshot();
    machine.offer({ ...SECOND, files: omit(SECOND.files ?? {}, '/etc/systemd/network/10-ironkeel.network') });
    const { status, said } = await adopt();
    expect(status).toBe(1);
    expect(said).toContain(
      'generation 2 was not adopted: /etc/systemd/system/node-helper.service is in the way: a file belongs there',
    );
    expect(omitIncoming(machine.snapshot())).toEqual(omitIncoming(before));
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
  });

  it('leaves everything as it was when the disk is full', async () => {
    const before = machine.snapshot();
    const large = 'x'.repeat(200_000);
    machine.offer({
      ...FIRST,
      generation: 2,
      files: { ...FIRST.files, '/etc/hostname': 'new\n', '/etc/large': large },
    });
    const { status, said } = await adopt({}, "trap '' XFSZ; ulimit -f 100;");
    expect(status).toBe(1);
    expect(said).toMatch(
      /generation 2 was not adopted: \/etc\/large cannot be written \(\d+ MB free\)\. Nothing was changed/,
    );
    expect(omitIncoming(machine.snapshot())).toEqual(omitIncoming(before));
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
    expect((await adopt()).status).toBe(0);
    expect(machine.read('etc/hostname')).toBe('new\n');
  });

  it('says which unit the system does not have and adopts the rest', async () => {
    machine.offer({ ...SECOND, units: { ...SECOND.units, 'absent.service': 'enabled' } });
    const { status, said } = await adopt();
    expect(said).toContain('warning: enable absent.service: Unit file absent.service does not exist.');
    expect(status).toBe(0);
  });
});

describe('an adoption that was cut and cannot be finished as it was begun', () => {
  const third: PayloadFixture = { ...FIRST, generation: 3 };

  beforeEach(async () => {
    machine.offer(FIRST);
    await adopt();
    machine.offer(SECOND);
    const cutting = join(machine.home, 'cutting');
    writeFileSync(cutting, '#!/bin/bash\n[[ $1 != daemon-reload ]] || kill -9 0\n', { mode: 0o755 });
    expect((await adopt({ IRONKEEL_SYSTEMCTL: cutting })).status).toBe(null);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret two');
    rmSync(machine.incoming, { recursive: true });
  });

  it('keeps the machine out of service and says what is needed', async () => {
    machine.offer(FIRST);
    const { status, said } = await adopt();
    expect(status).toBe(1);
    expect(said).toContain('the adoption of generation 2 was cut short');
    expect(said).toContain('Attach a drive with generation 2 or a newer one, then run ironkeel-adopt');
    expect(machine.has('run/ironkeel/adopted')).toBe(false);
    expect((await machine.run(machine.adoptProgram, ['--status'])).said).toMatch(
      /^applied 1\n.*\nincoming 1\nadopting 2\nready no\n$/s,
    );
  });

  it('gives way to a newer generation, which also removes what the cut one had placed', async () => {
    machine.offer(third);
    const { status, said } = await adopt();
    expect(status, said).toBe(0);
    expect(machine.read('etc/kubernetes/pki/kubelet.key')).toBe('secret one');
    expect(machine.has('etc/systemd/system/node-helper.service')).toBe(false);
    expect(machine.has('etc/systemd/network/10-ironkeel.network')).toBe(false);
    expect(machine.has('etc/kubernetes/manifests/old.yaml')).toBe(true);
    expect(machine.has('run/ironkeel/adopted')).toBe(true);
  });
});

function omitIncoming(snapshot: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot).filter(([path]) => !path.includes('/incoming/')));
}
