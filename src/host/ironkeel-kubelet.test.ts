import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeletScript } from './scripts.js';
import { writeBelow } from './testing/payload.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

const PKI = 'var/lib/kubelet/pki';
const CURRENT = `${PKI}/kubelet-client-current.pem`;
const RESOLVED = 'run/systemd/resolve/resolv.conf';

/** Shaped like a certificate and its key; the stand-in of openssl goes by the words in it. */
const pem = (words: string) =>
  `-----BEGIN CERTIFICATE-----\n${words}\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nk\n-----END PRIVATE KEY-----\n`;

let machine: ScratchMachine;

beforeEach(() => {
  machine = new ScratchMachine();
  put('etc/kubernetes/pki/kubelet-client-seed.pem', pem('seed'));
  put('etc/kubernetes/pki/ca.pem', 'ca');
  put('etc/kubernetes/kubelet.env', 'KUBELET_ARGS=--config=x --node-ip=10.10.10.9\n');
  put('etc/ironkeel/node-name', 'worker1\n');
  put('etc/resolv.conf', 'nameserver 127.0.0.53\n');
  put('var/lib/ironkeel/applied/manifest', 'ironkeel-manifest 1\ncluster c-1\n');
  machine.stub(
    'openssl',
    'for file; do :; done; case "$*" in *checkend*) ! grep -q expired "$file" ;; verify*) ! grep -q foreign "$file" ;; *startdate*) sed -n "s/^begins /notBefore=/p" "$file" ;; esac',
  );
  machine.stub('ip', 'echo "2: eth0 inet 10.10.10.9/24"');
});
afterEach(() => machine.dispose());

function put(path: string, text: string): void {
  writeBelow(join(machine.root, path), text);
}

function start(): Promise<Outcome> {
  const script = join(machine.home, 'ironkeel-kubelet');
  writeFileSync(script, kubeletScript());
  return machine.run(script, [], { IRONKEEL_WAIT_SECONDS: '1' });
}

/** What the kubelet does when it renews. */
function renew(words: string): void {
  put(`${PKI}/kubelet-client-2027.pem`, pem(words));
  symlinkSync('kubelet-client-2027.pem', join(machine.root, `${CURRENT}.new`));
}

describe('the kubelet’s client certificate', () => {
  const current = () => machine.read(CURRENT);
  const rotateTo = async (words: string) => {
    await start();
    renew(words);
    renameSync(join(machine.root, `${CURRENT}.new`), join(machine.root, CURRENT));
  };

  it('is the seed where there is none, behind a link, which alone the kubelet can replace', async () => {
    expect(await start()).toMatchObject({ status: 0 });
    expect(current()).toBe(pem('seed'));
    expect(readlinkSync(join(machine.root, CURRENT))).toBe('kubelet-client-seed.pem');
    expect(machine.mode(`${PKI}/kubelet-client-seed.pem`)).toBe(0o600);
    expect(machine.mode(PKI)).toBe(0o700);
  });

  it('stays the renewed one, also when the drive brings a newer seed', async () => {
    await rotateTo('renewed');
    put('etc/kubernetes/pki/kubelet-client-seed.pem', pem('newer seed'));
    expect(await start()).toMatchObject({ status: 0, said: '' });
    expect(current()).toBe(pem('renewed'));
  });

  it.each(['expired', 'foreign'])('is the seed again when the one there is %s', async (words) => {
    await rotateTo(words);
    await start();
    expect(current()).toBe(pem('seed'));
  });

  it('stays when the seed is no better', async () => {
    await rotateTo('expired');
    put('etc/kubernetes/pki/kubelet-client-seed.pem', pem('expired too'));
    await start();
    expect(current()).toBe(pem('expired'));
  });

  it('is the seed again after damage, and on a machine of another cluster or name', async () => {
    await rotateTo('renewed');
    put(`${PKI}/kubelet-client-2027.pem`, '-----BEGIN CERTIFICATE-----\ncut');
    await start();
    expect(current()).toBe(pem('seed'));
    put('etc/kubernetes/pki/kubelet-client-seed.pem', pem('seed of worker2'));
    put('etc/ironkeel/node-name', 'worker2\n');
    expect((await start()).said).toContain('of another node or cluster');
    expect(current()).toBe(pem('seed of worker2'));
  });
});

describe('the name servers of pods', () => {
  const chosen = () => readlinkSync(join(machine.root, 'run/ironkeel/resolv.conf'));

  it('are not the stub of systemd-resolved', async () => {
    put(RESOLVED, '# comment\nnameserver 10.0.0.53\n');
    await start();
    expect(chosen()).toBe('/run/systemd/resolve/resolv.conf');
  });

  it('are those of /etc/resolv.conf where it has one that pods reach', async () => {
    put(RESOLVED, '# nothing yet\n');
    put('etc/resolv.conf', 'search lan\nnameserver 10.0.0.1\n');
    await start();
    expect(chosen()).toBe('/etc/resolv.conf');
  });

  it('may come later', async () => {
    put(RESOLVED, '# nothing yet\n');
    await start();
    expect(chosen()).toBe('/run/systemd/resolve/resolv.conf');
  });

  it('may be missing: pods start all the same', async () => {
    rmSync(join(machine.root, 'etc/resolv.conf'));
    mkdirSync(join(machine.root, 'run/ironkeel'), { recursive: true });
    expect((await start()).said).toContain('knows no name server');
    expect(machine.read('run/ironkeel/resolv.conf')).toBe('');
  });
});

describe('the machine’s address', () => {
  it('is waited for, but not for ever', async () => {
    machine.stub('ip', `echo "ip $*" >>${machine.home}/calls`);
    const { status, said } = await start();
    expect(status).toBe(0);
    expect(said).toContain('does not have its address 10.10.10.9 yet: the kubelet starts all the same');
    expect(machine.calls()).toContain('ip -o address show to 10.10.10.9');
  });
});

describe('the clock', () => {
  it('is named where it is before the certificates, and the kubelet starts all the same', async () => {
    put('etc/kubernetes/pki/ca.pem', 'begins Jan  1 00:00:00 2020 GMT\n');
    put('etc/kubernetes/pki/kubelet-client-seed.pem', `begins Feb  3 04:05:06 2099 GMT\n${pem('seed')}`);
    const { status, said } = await start();
    expect(status).toBe(0);
    expect(said).toMatch(
      /clock is wrong: it says \d{4}-\d\d-\d\d \d\d:\d\d UTC, .* valid before 2099-02-03 04:05 UTC\./,
    );
  });

  it('is not looked at where nobody can tell when they begin', async () => {
    machine.stub('openssl', 'exit 1');
    expect((await start()).said).not.toContain('clock');
  });
});
