import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InstallScriptInput, renderInstallScript } from './scripts.js';
import { FileServer } from './testing/file-server.js';
import { sha256 } from './testing/payload.js';
import { atEveryCut, callsOf, cutAt, losePower } from './testing/power-cut.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

const KUBELET = Buffer.from(`#!/bin/sh\n# ${'kubelet '.repeat(30_000)}\n`);
const KUBELET_PATH = '/release/v1.36.4/kubelet';
const PLUGINS_PATH = '/plugins/v1.9.1/cni.tgz';

let machine: ScratchMachine;
let server: FileServer;
let input: InstallScriptInput;

beforeEach(async () => {
  machine = new ScratchMachine();
  server = await FileServer.start();
  const plugins = pluginsArchive();
  server.files.set(KUBELET_PATH, KUBELET);
  server.files.set(PLUGINS_PATH, plugins);
  input = {
    artefacts: [
      {
        name: 'kubelet',
        version: '1.36.4',
        url: `${server.url}${KUBELET_PATH}`,
        sha256: sha256(KUBELET),
        format: 'binary',
        members: [{ from: 'kubelet', to: '/opt/bin/kubelet', mode: 0o755 }],
      },
      {
        name: 'cni-plugins',
        version: '1.9.1',
        url: `${server.url}${PLUGINS_PATH}`,
        sha256: sha256(plugins),
        format: 'tar.gz',
        members: ['bridge', 'loopback'].map((from) => ({ from, to: `/opt/cni/bin/${from}`, mode: 0o755 })),
      },
    ],
  };
});
afterEach(async () => {
  await server.stop();
  machine.dispose();
});

/** An archive as the publisher makes it: everything below `./`. */
function pluginsArchive(): Uint8Array {
  const folder = join(machine.home, 'plugins');
  mkdirSync(folder);
  for (const name of ['bridge', 'loopback', 'LICENSE']) writeFileSync(join(folder, name), `program ${name}\n`);
  chmodSync(join(folder, 'bridge'), 0o700);
  const { stdout } = spawnSync('tar', ['-C', folder, '-czf', '-', '.']);
  return stdout;
}

function install(
  args: readonly string[] = ['--once'],
  env: NodeJS.ProcessEnv = {},
  setup = '',
  on = machine,
): Promise<Outcome> {
  const script = join(on.home, 'install.sh');
  writeFileSync(script, renderInstallScript(input));
  return on.run(script, args, { IRONKEEL_RETRY_SECONDS: '0.05', no_proxy: '127.0.0.1', ...env }, setup);
}

function withUrl(url: string, name = 'kubelet'): void {
  input = { ...input, artefacts: input.artefacts.map((one) => (one.name === name ? { ...one, url } : one)) };
}

/** Nothing but what is meant to stay: no part, no file beside its place. */
function leftovers(): string[] {
  return Object.keys(machine.snapshot()).filter((path) => /ironkeel-new|downloads|\.new$/.test(path));
}

describe('install.sh', () => {
  it('fetches, checks and installs everything', async () => {
    const { status, said } = await install();
    expect(status, said).toBe(0);
    expect(said).toContain('ironkeel-install: kubelet 1.36.4: installed\n');
    expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    expect(machine.mode('opt/bin/kubelet')).toBe(0o755);
    expect(machine.read('opt/cni/bin/bridge')).toBe('program bridge\n');
    expect(machine.mode('opt/cni/bin/bridge')).toBe(0o755);
    expect(machine.has('opt/cni/bin/LICENSE')).toBe(false);
    expect(machine.read('var/lib/ironkeel/installed')).toBe('kubelet 1.36.4\ncni-plugins 1.9.1\n');
    expect(machine.read('run/ironkeel/install-status')).toBe('done: everything is installed\n');
    expect(leftovers()).toEqual([]);
  });

  it('asks the publisher for nothing the second time and changes nothing', async () => {
    await install();
    const before = machine.snapshot();
    server.requests.length = 0;
    const { status, said } = await install();
    expect({ status, said }).toEqual({ status: 0, said: 'ironkeel-install: everything is installed\n' });
    expect(server.requests).toEqual([]);
    expect(machine.snapshot()).toEqual(before);
  });

  it('replaces a program that was harmed, and only that one', async () => {
    await install();
    server.requests.length = 0;
    writeFileSync(join(machine.root, 'opt/bin/kubelet'), 'broken');
    await install();
    expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    expect(server.requests).toEqual([`GET ${KUBELET_PATH}`]);
  });

  it('continues a download that was cut instead of beginning anew', async () => {
    server.plans.set(KUBELET_PATH, [{ cutAfter: 100_000 }]);
    const first = await install();
    expect(first.status).toBe(1);
    expect(first.said).toContain('the download was cut after 0 MB and will be continued');
    expect((await install()).status).toBe(0);
    expect(server.requests.filter((request) => request.includes('kubelet'))).toEqual([
      `GET ${KUBELET_PATH}`,
      `GET ${KUBELET_PATH} bytes=100000-`,
    ]);
    expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
  });

  it('keeps trying by itself, as the unit runs it', async () => {
    server.plans.set(KUBELET_PATH, [{ status: 503 }, { cutAfter: 50_000 }, { cutAfter: 50_000 }, { status: 404 }]);
    const { status, said } = await install([]);
    expect(status, said).toBe(0);
    expect(said).toMatch(/kubelet 1\.36\.4: 127\.0\.0\.1:\d+ answers 503 for http:/);
    expect(said.match(/trying again in 0\.05 s/g)).toHaveLength(4);
    expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
  });

  it('refuses a wrong checksum, naming both, and keeps what was installed before', async () => {
    await install();
    const old = machine.read('opt/bin/kubelet');
    const [kubelet, plugins] = input.artefacts;
    if (kubelet?.format !== 'binary' || plugins === undefined) throw new Error('the fixture changed');
    const expected = sha256('what the publisher meant');
    input = { ...input, artefacts: [{ ...kubelet, version: '1.36.5', sha256: expected }, plugins] };
    const { status, said } = await install();
    expect(status).toBe(1);
    expect(said).toContain(
      `kubelet 1.36.5: the download is refused: its SHA-256 should be ${expected} and is ${sha256(KUBELET)}.`,
    );
    expect(machine.read('opt/bin/kubelet')).toBe(old);
    expect(existsSync(join(machine.root, `var/lib/ironkeel/downloads/${expected}.part`))).toBe(false);
    expect(machine.read('run/ironkeel/install-status')).toContain('waiting: kubelet 1.36.5: the download is refused');
  });

  it('recovers from a part that is of another file or too long', async () => {
    const part = join(machine.root, `var/lib/ironkeel/downloads/${sha256(KUBELET)}.part`);
    for (const harm of ['something else', Buffer.concat([KUBELET, KUBELET])]) {
      mkdirSync(dirname(part), { recursive: true });
      writeFileSync(part, harm);
      rmSync(join(machine.root, 'opt'), { recursive: true, force: true });
      const { status, said } = await install([]);
      expect(status, said).toBe(0);
      expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    }
  });

  it('names a full disk, and goes on when there is room', async () => {
    const { status, said } = await install(['--once'], {}, "trap '' XFSZ; ulimit -f 100;");
    expect(status).toBe(1);
    expect(said).toMatch(/kubelet 1\.36\.4: \S+\/downloads\/\S+ cannot be written, \d+ MB are free there: make room/);
    expect((await install()).status).toBe(0);
    expect(leftovers()).toEqual([]);
  });

  it.each(['downloads', 'installed'])('names a disk so full that it cannot make %s', async (name) => {
    mkdirSync(machine.incoming, { recursive: true });
    const refuse = `case "$*" in */ironkeel/${name}*) exit 1;; esac`;
    for (const program of ['mkdir', 'mv']) machine.stub(program, `${refuse}; PATH=/usr/bin:/bin exec ${program} "$@"`);
    const { status, said } = await install([]);
    expect(status, said).toBe(1);
    const trouble = new RegExp(`ironkeel/${name} cannot be written, \\d+ MB are free there: make room`);
    expect(said).toMatch(trouble);
    expect(machine.read('run/ironkeel/install-status')).toMatch(trouble);
    for (const program of ['mkdir', 'mv']) rmSync(join(machine.stubs, program));
    expect((await install([])).status).toBe(0);
  });

  it('tells no DNS, no connection, an error answer and a missing member apart', async () => {
    machine.stub('curl', 'echo "curl: (6) Could not resolve host: dl.k8s.io" >&2; exit 6');
    expect((await install()).said).toMatch(
      /no network or no DNS yet: the name of 127\.0\.0\.1:\d+, or of the proxy, is not known/,
    );
    rmSync(join(machine.stubs, 'curl'));
    withUrl(`http://127.0.0.1:${await closedPort()}/kubelet`);
    expect((await install()).said).toMatch(/no network yet, or 127\.0\.0\.1:\d+ refuses connections \(\(7\) .*\)\n/);
    withUrl(`${server.url}/absent`);
    expect((await install()).said).toContain(`answers 404 for ${server.url}/absent`);
    withUrl(server.url.replace('http', 'https'));
    expect((await install()).said).toMatch(/clock says \d{4}-\d\d-\d\d \d\d:\d\d UTC; a wrong clock/);
    server.files.set(PLUGINS_PATH, Buffer.from('not an archive'));
    const [kubelet, plugins] = input.artefacts;
    if (kubelet === undefined || plugins?.format !== 'tar.gz') throw new Error('the fixture changed');
    rmSync(join(machine.root, 'var/lib/ironkeel/stamps/cni-plugins'));
    input = { ...input, artefacts: [{ ...plugins, sha256: sha256('not an archive') }] };
    expect((await install()).said).toContain('cni-plugins 1.9.1: the archive');
  });

  it('says so when the machine has no program to download with', async () => {
    const tools = join(machine.home, 'few-tools');
    mkdirSync(tools);
    const needed = [
      'bash',
      'cat',
      'cut',
      'df',
      'flock',
      'head',
      'mkdir',
      'rm',
      'sha256sum',
      'sleep',
      'stat',
      'tail',
      'tr',
    ];
    spawnSync('bash', ['-c', `for t in ${needed.join(' ')}; do ln -s "$(command -v $t)" ${tools}/$t; done`]);
    const { status, said } = await install(['--once'], { PATH: tools });
    expect(status).toBe(1);
    expect(said).toContain('this machine has neither curl nor wget: install one of them');
  });

  it('says how far a slow download is', async () => {
    machine.stub(
      'curl',
      `for a; do [[ $p != --output ]] || o=$a; [[ $p != --dump-header ]] || h=$a; p=$a; done
      printf 'Content-Length: 4000000\\r\\n\\r\\n' >"$h"; head -c 1600000 /dev/zero >"$o"; sleep 0.4; exit 18`,
    );
    const { said } = await install(['--once'], { IRONKEEL_PROGRESS_SECONDS: '0.1' });
    expect(said).toContain('kubelet 1.36.4: 40 %, 2 of 4 MB\n');
  });

  it('takes a mirror by HTTP', async () => {
    const host = server.url.replace('http://', '');
    server.files.set(`/mirror/${host}${KUBELET_PATH}`, KUBELET);
    server.files.delete(KUBELET_PATH);
    server.files.set(`/mirror/${host}${PLUGINS_PATH}`, server.files.get(PLUGINS_PATH) ?? Buffer.of());
    input = { ...input, mirror: `${server.url}/mirror/` };
    const { status, said } = await install();
    expect(status, said).toBe(0);
    expect(server.requests).toContain(`GET /mirror/${host}${KUBELET_PATH}`);
  });

  it('takes a mirror that is a folder, and names what it lacks', async () => {
    const mirror = join(machine.home, 'mirror');
    const host = server.url.replace('http://', '');
    mkdirSync(dirname(join(mirror, host, KUBELET_PATH)), { recursive: true });
    writeFileSync(join(mirror, host, KUBELET_PATH), KUBELET);
    input = { ...input, mirror };
    const { status, said } = await install();
    expect(status).toBe(1);
    expect(machine.read('opt/bin/kubelet')).toBe(KUBELET.toString());
    expect(said).toContain(`cni-plugins 1.9.1: the mirror folder has no ${mirror}/${host}${PLUGINS_PATH}`);
    expect(server.requests).toEqual([]);
  });
});

describe('an installation that is cut at any change of the disk', () => {
  it('never leaves half a program, and is finished by the next run', { timeout: 120_000 }, async () => {
    const untouched = machine.clone();
    cutAt(machine.cuts, machine.root, 0, false);
    await install();
    const calls = callsOf(machine.cuts);
    const whole = machine.snapshot();
    expect(calls).toBeGreaterThan(15);
    await atEveryCut(calls, async (n) => {
      const victim = untouched.clone();
      try {
        const mark = join(victim.home, 'mark');
        writeFileSync(mark, '');
        cutAt(victim.cuts, victim.root, n, true);
        const { status } = await install(['--once'], {}, '', victim);
        expect(status, `cut ${n}`).toBe(null);
        losePower(victim.cuts, victim.root, mark);
        expect([undefined, whole['opt/bin/kubelet']], `after cut ${n}`).toContain(victim.snapshot()['opt/bin/kubelet']);
        rmSync(victim.cuts, { recursive: true });
        // The part may have lost what was never flushed: then it is refused and fetched anew.
        const { status: again, said } = await install([], {}, '', victim);
        expect(again, `after cut ${n}: ${said}`).toBe(0);
        expect(victim.snapshot(), `after cut ${n}`).toEqual(whole);
      } finally {
        victim.dispose();
      }
    });
    untouched.dispose();
  });
});

describe('renderInstallScript', () => {
  it('keeps values that the shell would read in another way', () => {
    const mirror = `/srv/it's $(here) "now"`;
    const script = renderInstallScript({ ...input, mirror });
    const line = script.split('\n').find((text) => text.startsWith('mirror='));
    const { stdout } = spawnSync('bash', ['-c', `${line}; printf %s "$mirror"`]);
    expect(stdout.toString()).toBe(mirror);
  });

  it('refuses what cannot stand in its table', () => {
    withUrl('http://a b');
    expect(() => renderInstallScript(input)).toThrow(/is not one word/);
  });

  it('exports the proxy', async () => {
    machine.stub('curl', 'echo "proxy $http_proxy $https_proxy $no_proxy" >&2; exit 7');
    input = { ...input, proxy: { http: 'http://p:1', https: 'http://p:2', noProxy: ['10.0.0.0/8', '.local'] } };
    expect((await install()).said).toContain('proxy http://p:1 http://p:2 10.0.0.0/8,.local');
  });

  it('is the same for the same input', () => {
    expect(renderInstallScript(input)).toBe(renderInstallScript(input));
    expect(readFileSync(new URL('install.sh', import.meta.url), 'utf8')).not.toMatch(/\t/);
  });
});

function closedPort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
}
