import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordBringUp } from '../../../src/delivery/lock-file.js';
import { Lab } from './lab.js';

const KUBELET = 'dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet';
const INSTALL = 'inventory/node-worker1/install.sh';
const UID = '0d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.run(['init', '--example', 'guide']);
});
afterEach(() => lab.remove());

const sum = (text: string) => createHash('sha256').update(text).digest('hex');

function put(path: string, text: string): void {
  mkdirSync(dirname(lab.path(path)), { recursive: true });
  writeFileSync(lab.path(path), text);
}

/** A folder as another computer filled it: a kubelet and an image of its own. */
function makeBundle(kubernetes = '1.36.4'): void {
  put(join('mirror', KUBELET), 'kubelet');
  put('mirror/images/pause.tar', 'pause');
  const kubelet = { component: 'kubelet', componentVersion: '1.36.4', arch: 'amd64' };
  const bundle = {
    version: 1,
    kubernetes,
    architectures: ['amd64'],
    files: [{ path: KUBELET, sha256: sum('kubelet'), size: 7, ...kubelet }],
    images: [
      {
        name: 'registry.k8s.io/pause:3.10.2',
        component: 'pause',
        digest: `sha256:${sum('manifest')}`,
        archive: 'images/pause.tar',
        sha256: sum('pause'),
        arch: 'amd64',
      },
    ],
  };
  put('mirror/bundle.json', JSON.stringify(bundle));
}

const lock = () => JSON.parse(lab.read('ironkeel.lock'));

describe('ironkeel bundle --use', () => {
  it('pins a folder, and build makes the machines install what is in it', () => {
    makeBundle();
    const { status, stdout, stderr } = lab.run(['bundle', '--use', 'mirror']);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('mirror: 1 file, 1 image, 0 fetched');
    expect(stderr).toContain('the bundle lacks the image quay.io/coreos/etcd:v3.6.14 (amd64)');
    expect(lock().bundle.images[0].archive).toBe('images/pause.tar');
    expect(lab.run(['build']).status).toBe(0);
    const script = lab.read(INSTALL);
    expect(script).toContain(`artefact kubelet 1.36.4 binary ${sum('kubelet')} https://${KUBELET}`);
    expect(script).toContain(`artefact registry.k8s.io/pause 3.10.2 image ${sum('pause')} images/pause.tar`);
    expect(lock().machines.worker1.generation).toBe(1);
    const after = lab.contents();
    expect(lab.run(['bundle', '--use', 'mirror']).status).toBe(0);
    expect(lab.run(['build']).stdout).toContain('nothing changed');
    expect(lab.contents()).toEqual(after);
  });

  it('after a build gives every machine a new generation, of the same cluster', () => {
    makeBundle();
    lab.run(['build']);
    const { clusterId } = lock();
    lab.run(['bundle', '--use', 'mirror']);
    lab.run(['build']);
    expect(lock()).toMatchObject({
      clusterId,
      machines: { worker1: { generation: 2 }, controller: { generation: 2 } },
    });
  });

  it('refuses a damaged folder with everything that is wrong, and pins nothing', () => {
    makeBundle();
    put(join('mirror', KUBELET), 'harmed');
    rmSync(lab.path('mirror/images/pause.tar'));
    const before = lab.contents();
    const { status, stderr } = lab.run(['bundle', '--use', 'mirror']);
    expect(status).toBe(2);
    expect(stderr).toContain(`the bundle's ${KUBELET} has the SHA-256 ${sum('harmed')}, not ${sum('kubelet')}`);
    expect(stderr).toContain("the bundle's images/pause.tar is missing");
    expect(lab.contents()).toEqual(before);
  });

  it('says so when the inventory has outgrown what is pinned', () => {
    makeBundle('1.35.9');
    expect(lab.run(['bundle', '--use', 'mirror']).stderr).toContain('is for Kubernetes 1.35.9');
    const warning = 'the bundle pinned in ironkeel.lock is for Kubernetes 1.35.9, cluster.yaml asks for 1.36.4';
    expect(lab.run(['build']).stderr).toContain(warning);
    // From the cache of the build before, too.
    expect(lab.run(['build']).stderr).toContain(warning);
  });
});

describe('a Kubernetes that the catalogue does not know', () => {
  const PINNED = '1.37.2';
  const program = (component: string, componentVersion = PINNED) => {
    const path = `programs/${component}`;
    put(`mirror/${path}`, component);
    const size = component.length;
    return { path, sha256: sum(component), size, component, componentVersion, arch: 'amd64' };
  };
  function makePrograms(): void {
    const files = [program('kubelet'), program('kubectl'), program('crictl', '1.37.0')];
    const bundle = { version: 1, kubernetes: PINNED, architectures: ['amd64'], files, images: [] };
    put('mirror/bundle.json', JSON.stringify(bundle));
  }
  beforeEach(() => {
    const text = lab.read('cluster.yaml').replace(/^name: .*$/m, `$&\nkubernetes: {version: "${PINNED}"}`);
    writeFileSync(lab.path('cluster.yaml'), text);
  });

  it.each(['validate', 'build'])('is refused by %s where it stands, with the command that pins it', (command) => {
    const { status, stderr } = lab.run([command]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/cluster\.yaml:\d+:\d+/);
    expect(stderr).toContain(`the catalogue has no checksums of Kubernetes ${PINNED}, and ironkeel.lock pins none`);
    expect(stderr).toContain('ironkeel bundle');
    expect(() => lab.read('ironkeel.lock')).toThrow();
  });

  it('is built once a folder with it is pinned, also after the lock was lost', () => {
    makePrograms();
    const taken = lab.run(['bundle', '--use', 'mirror']);
    expect(taken.status, taken.stderr).toBe(0);
    expect(lab.run(['validate']).status).toBe(0);
    const { status, stderr } = lab.run(['build']);
    expect(status, stderr).toBe(0);
    const address = `https://dl.k8s.io/release/v${PINNED}/bin/linux/amd64/kubelet`;
    expect(lab.read(INSTALL)).toContain(`artefact kubelet ${PINNED} binary ${sum('kubelet')} ${address}`);
    expect(lock()).toMatchObject({ kubernetes: PINNED, components: { kubelet: PINNED, crictl: '1.37.0' } });
    rmSync(lab.path('ironkeel.lock'));
    expect(lab.run(['build']).status).toBe(0);
    expect(lock().bundle.kubernetes).toBe(PINNED);
  });

  it('is refused where a machine needs a build that is not pinned', () => {
    makePrograms();
    lab.run(['bundle', '--use', 'mirror']);
    lab.run(['machine', 'add', 'arm', '10.10.10.9', '--arch', 'arm64']);
    const { status, stderr } = lab.run(['build']);
    expect(status).toBe(2);
    expect(stderr).toContain(`checksum of kubelet ${PINNED} for arm64`);
  });

  it('asks for its checksums over a protected way alone', () => {
    const { status, stderr } = lab.run(['bundle', '--from', 'http://mirror.lan', '--out', 'mirror']);
    expect(status).toBe(2);
    expect(stderr).toContain(`the catalogue does not know kubelet ${PINNED}`);
    expect(lab.run(['bundle', '--from', 'http://127.0.0.1:1', '--out', 'mirror']).stderr).toContain(
      '127.0.0.1:1 cannot be reached',
    );
  });
});

describe('ironkeel bundle --check', () => {
  it('changes nothing, and fails for what is damaged or missing', () => {
    expect(lab.run(['bundle', '--check']).stderr).toContain('holds no bundle.json');
    makeBundle();
    const before = lab.contents();
    const { status, stderr } = lab.run(['bundle', '--check', '--out', 'mirror']);
    expect(status).toBe(1);
    expect(stderr).toContain('the bundle lacks dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl');
    expect(stderr).not.toContain('SHA-256');
    expect(lab.contents()).toEqual(before);
  });

  it('knows which flags contradict each other', () => {
    expect(lab.run(['bundle', '--use', 'a', '--out', 'b']).status).toBe(2);
    expect(lab.run(['bundle', '--check', '--from', 'http://localhost:1']).status).toBe(2);
  });
});

describe('ironkeel bundle without a network', () => {
  it('says which host it does not reach, and pins nothing', () => {
    const { status, stderr } = lab.run(['bundle', '--from', 'http://127.0.0.1:1', '--out', 'mirror']);
    expect(status).toBe(1);
    expect(stderr).toContain('127.0.0.1:1 cannot be reached');
    expect(() => readFileSync(lab.path('ironkeel.lock'))).toThrow();
  });
});

describe('a cluster that came up', () => {
  it('is never begun anew by what is built from its folder', () => {
    lab.run(['build']);
    const state = () => Buffer.from(lab.read('inventory/node-controller/config.ign')).toString();
    const before = state();
    recordBringUp(lab.folder, UID);
    expect(lab.run(['build']).status).toBe(0);
    expect(lock()).toMatchObject({ bringUp: { kubeSystemUid: UID }, machines: { controller: { generation: 2 } } });
    expect(state()).not.toBe(before);
    // A lock that was lost or taken back forgets nothing of it.
    rmSync(lab.path('ironkeel.lock'));
    lab.run(['build']);
    expect(lock().bringUp).toEqual({ kubeSystemUid: UID });
  });
});
