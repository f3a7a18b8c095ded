import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstallArtefact } from '../releases/types.js';
import { renderInstallScript } from './scripts.js';
import { FileServer } from './testing/file-server.js';
import { sha256 } from './testing/payload.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

const PAUSE = 'registry.k8s.io/pause:3.10.2';
const ETCD = 'quay.io/coreos/etcd:v3.6.14';

let machine: ScratchMachine;
let server: FileServer;
beforeEach(async () => {
  machine = new ScratchMachine();
  server = await FileServer.start();
  machine.stub('ctr', fakeCtr(machine.home));
  machine.stub('systemctl', fakeServices(machine.home));
  writeFileSync(join(machine.home, 'store'), '');
  boot('first');
});
afterEach(async () => {
  await server.stop();
  machine.dispose();
});

/** Takes a text with an image's name for its archive. */
function fakeCtr(home: string): string {
  return `shift 3; echo "ctr $*" >>${home}/calls
[[ ! -f ${home}/ctr-refuses ]] || { cat ${home}/ctr-refuses >&2; exit 1; }
case $1 in
  ls) cat ${home}/store ;;
  import) ref=$(<"$3"); grep -qxF "$ref" ${home}/store || echo "$ref" >>${home}/store; echo "unpacking $ref (sha256:0)...done" ;;
  rm) grep -vxF "$3" ${home}/store >${home}/store.new; mv ${home}/store.new ${home}/store ;;
esac`;
}

/** Units that run are files. */
function fakeServices(home: string): string {
  return `args=(); for arg; do [[ $arg == --* ]] || args+=("$arg"); done; set -- "\${args[@]}"
[[ $1 == is-active ]] || echo "systemctl $*" >>${home}/calls
[[ ! -f ${home}/broken-$2 ]] || { echo "Job for $2 failed." >&2; exit 1; }
case $1 in is-active) [[ -f ${home}/active-$2 ]] ;; start | restart) : >${home}/active-$2 ;; esac`;
}

function boot(id: string): void {
  for (const unit of ['containerd', 'kubelet']) rmSync(join(machine.home, `active-${unit}.service`), { force: true });
  mkdirSync(join(machine.root, 'proc/sys/kernel/random'), { recursive: true });
  writeFileSync(join(machine.root, 'proc/sys/kernel/random/boot_id'), `${id}\n`);
}

/** An image on the mirror, and its row. */
function image(name: string): InstallArtefact {
  const url = `images/${sha256(name).slice(0, 8)}.tar`;
  server.files.set(`/${url}`, Buffer.from(name));
  const [title = '', version = ''] = name.split(/:(?=[^:]+$)/);
  return { name: title, version, url, sha256: sha256(name), format: 'image', members: [] };
}

function program(name: string, content = `${name} 1`): InstallArtefact {
  server.files.set(`/host/${name}`, Buffer.from(content));
  const to = `/opt/bin/${name}`;
  return {
    name,
    version: '1',
    url: `https://host/${name}`,
    sha256: sha256(content),
    format: 'binary',
    members: [{ from: name, to, mode: 0o755 }],
  };
}

function install(
  artefacts: readonly InstallArtefact[],
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = ['--once'],
): Promise<Outcome> {
  const script = join(machine.home, 'install.sh');
  writeFileSync(script, renderInstallScript({ artefacts, mirror: 'http://127.0.0.1:1/wrong' }));
  const settings = { IRONKEEL_MIRROR: server.url, IRONKEEL_RETRY_SECONDS: '0.05', no_proxy: '127.0.0.1', ...env };
  return machine.run(script, args, settings);
}

const store = () => readFileSync(join(machine.home, 'store'), 'utf8').split('\n').filter(Boolean).sort();
const fetched = () => server.requests.map((request) => request.replace('GET /', ''));

describe('install.sh with images', () => {
  it('imports them after the programs, in their order, pins each, and starts the kubelet last', async () => {
    const { status, said } = await install([program('kubelet'), image(ETCD), image(PAUSE)]);
    expect(status, said).toBe(0);
    expect(said).toContain('ironkeel-install: quay.io/coreos/etcd v3.6.14: imported\n');
    expect(store()).toEqual([ETCD, PAUSE]);
    const imports = `${machine.root}/var/lib/ironkeel/downloads`;
    expect(machine.calls()).toEqual([
      'systemctl start containerd.service',
      'ctr ls -q',
      `ctr import --local ${imports}/${sha256(ETCD)}.part`,
      `ctr label ${ETCD} io.cri-containerd.pinned=pinned`,
      `ctr import --local ${imports}/${sha256(PAUSE)}.part`,
      `ctr label ${PAUSE} io.cri-containerd.pinned=pinned`,
      'systemctl start kubelet.service',
    ]);
    expect(machine.read('var/lib/ironkeel/installed')).toBe(
      'kubelet 1\nquay.io/coreos/etcd v3.6.14\nregistry.k8s.io/pause 3.10.2\n',
    );
    expect(machine.has('var/lib/ironkeel/downloads')).toBe(false);
    expect(machine.has('var/lib/ironkeel/importing')).toBe(false);
  });

  it('asks containerd once and touches nothing when it runs again, in this boot and the next', async () => {
    const rows = [program('containerd'), program('kubelet'), image(ETCD), image(PAUSE)];
    await install(rows);
    const before = machine.snapshot();
    server.requests.length = 0;
    machine.calls();
    expect((await install(rows)).said).toBe('ironkeel-install: everything is installed\n');
    expect(machine.calls()).toEqual(['systemctl start containerd.service', 'ctr ls -q']);
    boot('second');
    expect((await install(rows)).status).toBe(0);
    expect(machine.calls()).toEqual([
      'systemctl start containerd.service',
      'ctr ls -q',
      'systemctl start kubelet.service',
    ]);
    expect(server.requests).toEqual([]);
    expect(machine.snapshot()).toEqual(before);
  });

  it('restarts what runs when its own program is new, and nothing else', async () => {
    await install([program('containerd'), program('kubelet'), program('crictl'), image(PAUSE)]);
    machine.calls();
    await install([
      program('containerd'),
      program('kubelet', 'kubelet 2'),
      program('crictl', 'crictl 2'),
      image(PAUSE),
    ]);
    expect(machine.calls()).toEqual([
      'systemctl start containerd.service',
      'ctr ls -q',
      'systemctl restart kubelet.service',
    ]);
    await install([
      program('containerd', 'containerd 2'),
      program('kubelet', 'kubelet 2'),
      program('crictl', 'crictl 2'),
    ]);
    expect(machine.calls().filter((call) => call.startsWith('systemctl'))).toEqual([
      'systemctl restart containerd.service',
      'systemctl start containerd.service',
    ]);
  });

  it('imports no image again while it goes on trying for something else', async () => {
    server.plans.set('/host/kubelet', [{ status: 503 }, { status: 503 }]);
    const { status, said } = await install([program('kubelet'), image(ETCD), image(PAUSE)], {}, []);
    expect(status, said).toBe(0);
    const counts = (pattern: RegExp) => said.match(pattern)?.length;
    expect([counts(/trying again/g), counts(/: imported/g)]).toEqual([2, 2]);
    expect(fetched().filter((path) => path.startsWith('images/'))).toHaveLength(2);
  });

  it('imports again what containerd lost, though its stamp is there', async () => {
    await install([image(ETCD), image(PAUSE)]);
    writeFileSync(join(machine.home, 'store'), '');
    const { status, said } = await install([image(ETCD), image(PAUSE)]);
    expect(status, said).toBe(0);
    expect(store()).toEqual([ETCD, PAUSE]);
  });

  it('refuses a wrong checksum before containerd sees it, and the kubelet starts all the same', async () => {
    const wrong = { ...image(ETCD), sha256: sha256('what was meant') } as InstallArtefact;
    const { status, said } = await install([program('kubelet'), wrong, image(PAUSE)]);
    expect(status).toBe(1);
    expect(said).toContain('etcd v3.6.14: the download is refused: its SHA-256 should be');
    expect(store()).toEqual([PAUSE]);
    expect(machine.calls()).toContain('systemctl start kubelet.service');
    expect(machine.read('run/ironkeel/install-status')).toContain('waiting: quay.io/coreos/etcd v3.6.14: the download');
  });

  it('does not start the kubelet while a program is missing', async () => {
    const kubelet = program('kubelet');
    server.files.delete('/host/kubelet');
    expect((await install([kubelet, image(PAUSE)])).status).toBe(1);
    expect(store()).toEqual([PAUSE]);
    expect(machine.calls()).not.toContain('systemctl start kubelet.service');
  });

  it('says what containerd says, and tries no other image while it is down', async () => {
    writeFileSync(join(machine.home, 'broken-containerd.service'), '');
    const { said } = await install([image(ETCD), image(PAUSE)]);
    expect(said).toContain(
      'etcd v3.6.14: cannot be imported: containerd does not start (Job for containerd.service failed.)',
    );
    expect(machine.calls()).toEqual(['systemctl start containerd.service', 'systemctl start kubelet.service']);
    rmSync(join(machine.home, 'broken-containerd.service'));
    writeFileSync(join(machine.home, 'ctr-refuses'), 'ctr: failed to dial\n');
    expect((await install([image(ETCD)])).said).toContain('containerd does not answer (ctr: failed to dial)');
  });

  it('names a full disk and an archive that cannot be imported', async () => {
    machine.stub('ctr', 'shift 3; [[ $1 == ls ]] || { echo "ctr: write /x: no space left on device" >&2; exit 1; }');
    mkdirSync(join(machine.root, 'var/lib/containerd'), { recursive: true });
    const { status, said } = await install([image(ETCD)]);
    expect(status).toBe(1);
    expect(said).toMatch(
      /etcd v3\.6\.14: \S+\/var\/lib\/containerd\/\S+ cannot be written, \d+ MB are free there: make room/,
    );
    machine.stub('ctr', 'shift 3; [[ $1 == ls ]] || { echo "ctr: unrecognized image format" >&2; exit 1; }');
    expect((await install([image(ETCD)])).said).toContain('cannot be imported (ctr: unrecognized image format)');
    expect(machine.read('run/ironkeel/install-status')).toContain(
      'waiting: quay.io/coreos/etcd v3.6.14: the archive cannot',
    );
    machine.stub('ctr', 'exit 0');
    expect((await install([image(ETCD)])).said).toContain('the archive holds no named image for this kind of machine');
  });

  it('leaves what is on the mirror alone where there is none', async () => {
    const { status, said } = await install([image(PAUSE)], { IRONKEEL_MIRROR: '' });
    expect(status).toBe(1); // the rendered mirror counts
    expect(said).toContain('refuses connections');
    const script = join(machine.home, 'install.sh');
    writeFileSync(script, renderInstallScript({ artefacts: [image(PAUSE)] }));
    expect((await machine.run(script, ['--once'])).status).toBe(0);
    expect(store()).toEqual([]);
    expect(fetched()).toEqual([]);
  });

  it('releases images of a version that was left, and those alone', async () => {
    await install([image(ETCD), image(PAUSE)]);
    machine.calls();
    await install([image('quay.io/coreos/etcd:v3.6.15'), image(PAUSE)]);
    expect(machine.calls().filter((call) => call.endsWith('pinned='))).toEqual([
      `ctr label ${ETCD} io.cri-containerd.pinned=`,
    ]);
    machine.calls();
    await install([image('quay.io/coreos/etcd:v3.6.15'), image(PAUSE)]);
    expect(machine.calls().some((call) => call.includes('label'))).toBe(false);
  });
});

describe('an import that a power cut ended', () => {
  it('begins anew, from the archive that is there, with what no stamp vouches for gone', async () => {
    await install([image(ETCD), image(PAUSE)]);
    const stamp = join(machine.root, `var/lib/ironkeel/stamps/image-${sha256(PAUSE)}`);
    rmSync(stamp);
    writeFileSync(join(machine.root, 'var/lib/ironkeel/importing'), 'first\n');
    boot('second');
    machine.calls();
    const { status, said } = await install([image(ETCD), image(PAUSE)]);
    expect(status, said).toBe(0);
    expect(said).toContain('the last import was cut: its images are imported again');
    expect(machine.calls()).toEqual([
      'systemctl start containerd.service',
      'ctr ls -q',
      `ctr rm --sync ${PAUSE}`,
      'systemctl restart containerd.service',
      'ctr ls -q',
      expect.stringContaining('ctr import'),
      `ctr label ${PAUSE} io.cri-containerd.pinned=pinned`,
      'systemctl start kubelet.service',
    ]);
    expect(existsSync(stamp)).toBe(true);
  });

  it('is no power cut when the program alone was ended', async () => {
    writeFileSync(join(machine.home, 'store'), `docker.io/library/somebody-elses:1\n`);
    mkdirSync(join(machine.root, 'var/lib/ironkeel'), { recursive: true });
    writeFileSync(join(machine.root, 'var/lib/ironkeel/importing'), 'first\n');
    expect((await install([image(PAUSE)])).said).not.toContain('was cut');
    expect(store()).toEqual(['docker.io/library/somebody-elses:1', PAUSE]);
  });
});
