import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labFolder } from '../../src/lab/index.js';
import { endProcess } from '../../src/lab/process-record.js';
import { sha256 } from '../../src/support/sha256.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: faults
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
addons: {metricsServer: false, localStorage: false, networkPolicy: false}
machines:
  - {name: only, ip: 10.10.40.1, role: controller}
`;
/** The smallest program that the machine fetches; the kubelet waits for it all the same. */
const PROGRAM = 'crictl';
const PLACE = `/opt/bin/${PROGRAM}`;
/** What the mirror has wrong is tried again after a pause that grows to five minutes. */
const PATIENCE = 420;

interface Finding {
  readonly severity: string;
  readonly subject: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}
interface BundleFile {
  readonly path: string;
  readonly component: string;
  sha256: string;
  size: number;
}

// One story, in order: each test starts from what the one before it left.
describe('a machine whose installation meets trouble', () => {
  let bundle: string;
  let cluster: LabCluster;
  let mirror: string;
  beforeAll(() => {
    bundle = labBundle();
    cluster = new LabCluster(bundle);
    cluster.inventory(INVENTORY);
    mirror = copyOfBundle('mirror');
  });
  afterAll(() => cluster?.leave());

  it('names the file that the mirror has wrong, and installs nothing of it', async () => {
    replaceInMirror('not what was pinned');
    cluster.ironkeel('bundle', '--use', bundle);
    cluster.ironkeel('build');
    powerOn();
    const found = await finding('wrong-checksum');
    expect(found).toMatchObject({ severity: 'error', subject: 'only' });
    expect(found.message).toContain(`${PROGRAM} 1.36.0: the download is refused`);
    expect(found.message).toContain(sha256(Buffer.from('not what was pinned')));
    expect(found.remedy).toContain('mend it, the machine tries again by itself');
    expect(journal()).toContain(found.message);
    expect(on(`test -e ${PLACE}`).status).toBe(1);
    // All the rest is there.
    must(on('test -x /opt/bin/kubelet'));
  });

  it('names the file that the mirror does not have', async () => {
    rmSync(join(mirror, program().path));
    const found = await finding('not-at-source');
    expect(found.message).toMatch(new RegExp(`^${PROGRAM} .* answers 404 for http.*${basename(program().path)}$`));
    expect(found.remedy).toContain('look that the mirror holds that file');
    expect(journal()).toContain(found.message);
  });

  it('waits politely for a mirror that is down', async () => {
    endMirror();
    const found = await finding('installing', 'refuses connections');
    expect(found).toMatchObject({ severity: 'waiting', message: expect.stringContaining(PROGRAM) });
    const pauses = [...journal().matchAll(/trying again in (\d+) s/g)].map((match) => Number(match[1]));
    expect(pauses.length).toBeGreaterThan(2);
    // What was imported once is not fetched once more.
    const imports = [...journal().matchAll(/install: (\S+ \S+): imported/g)].map((match) => match[1]);
    expect(imports.sort()).toEqual([...new Set(imports)].sort());
    for (const [i, pause] of pauses.entries()) expect(pause).toBe(Math.min(5 * 2 ** i, 300));
  });

  it('goes on by itself once everything is as it should be', async () => {
    copyOriginal(bundle);
    powerOn();
    await until(PATIENCE, 'the program', () => (sumOf(PLACE) === undefined ? undefined : true));
    cluster.ironkeel('kubeconfig', '--merge');
    cluster.waitReady('8m');
    expect(findings()).toEqual([]);
  });

  it('keeps and runs the earlier program while the mirror has no newer one', async () => {
    const earlier = must(on(`sha256sum ${PLACE}`));
    const newer = copyOfBundle('newer');
    renewProgram(newer);
    cluster.ironkeel('bundle', '--use', newer);
    cluster.ironkeel('build');
    await reboot();
    const found = await finding('wrong-checksum');
    expect(found.message).toMatch(new RegExp(`^${PROGRAM} .*What was installed before stays$`));
    expect(must(on(`sha256sum ${PLACE}`))).toBe(earlier);
    // And the machine serves as before.
    await until(240, 'the node', () => (nodeReady() ? true : undefined));
    copyOriginal(newer);
    await until(PATIENCE, 'the newer program', () => (must(on(`sha256sum ${PLACE}`)) === earlier ? undefined : true));
    cluster.waitReady('8m');
  });

  it('names a full disk, and goes on by itself once there is room', async () => {
    const before = containers();
    must(on(`${SMALL_DISK}; cat /dev/zero >$state/filler 2>/dev/null; rm ${PLACE}; ${INSTALL_AGAIN}`));
    const found = await finding('full-disk');
    expect(found).toMatchObject({ severity: 'error', subject: 'only' });
    expect(found.message).toMatch(/cannot be written, 0 MB are free there: make room, the rest goes by itself$/);
    expect(found.remedy).toContain('make room on the machine');
    expect(journal()).toContain(found.message);
    must(on('rm /var/lib/ironkeel/filler'));
    await until(PATIENCE, 'the program', () => (sumOf(PLACE) === undefined ? undefined : true));
    cluster.waitReady('8m');
    // What ran goes on; the last pods of the new boot may have come meanwhile.
    expect(containers()).toEqual(expect.arrayContaining([...before]));
  });

  function on(script: string) {
    return cluster.onMachine('only', 'bash', '-c', `PATH=/opt/bin:$PATH; ${script}`);
  }

  function journal(): string {
    return must(on('journalctl --boot --quiet --output=cat --no-pager --unit=ironkeel-install'));
  }

  function containers(): readonly string[] {
    return must(on('ctr --namespace k8s.io tasks list --quiet')).trim().split('\n').sort();
  }

  function sumOf(path: string): string | undefined {
    const { status, stdout } = on(`sha256sum ${path}`);
    return status === 0 ? stdout.split(' ')[0] : undefined;
  }

  function findings(): readonly Finding[] {
    return (JSON.parse(cluster.status().stdout) as { findings: Finding[] }).findings;
  }

  function finding(code: string, text = PROGRAM): Promise<Finding> {
    return until(PATIENCE, code, () => {
      const all = findings();
      const found = all.find((each) => each.code === code && each.message.includes(text));
      if (found === undefined) throw new Error(`status says ${JSON.stringify(all)}`);
      return found;
    });
  }

  function nodeReady(): boolean {
    const bootId = must(on('cat /proc/sys/kernel/random/boot_id')).trim();
    const path = '{.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}';
    return cluster.kubectl('get', 'node', 'only', '-o', `jsonpath=${path}`) === `${bootId} True`;
  }

  async function reboot(): Promise<void> {
    const boot = () => must(on('cat /proc/sys/kernel/random/boot_id'));
    const before = boot();
    cluster.ironkeel('lab', 'reboot', 'only');
    await until(180, 'the machine to boot', () => (boot() === before ? undefined : true));
  }

  /** Also starts a mirror that is down. */
  function powerOn(): void {
    cluster.ironkeel('lab', 'up', '--install', '--bundle', mirror);
  }

  function endMirror(): void {
    const { clusterId } = JSON.parse(readFileSync(join(cluster.folder, 'secrets.json'), 'utf8')).secrets;
    const cache = process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? '/root', '.cache');
    endProcess(join(labFolder(join(cache, 'ironkeel/lab'), clusterId), 'mirror.pid'));
  }

  /** A folder of links: the bundle's own files are never written to. */
  function copyOfBundle(name: string): string {
    const folder = join(cluster.home, name);
    must(cluster.run('cp', '--recursive', '--symbolic-link', bundle, folder));
    return folder;
  }

  function program(folder = bundle): BundleFile {
    const found = readBundle(folder).files.find(({ component }) => component === PROGRAM);
    if (found === undefined) throw new Error(`the bundle has no ${PROGRAM}`);
    return found;
  }

  function replaceInMirror(text: string): void {
    const file = join(mirror, program().path);
    rmSync(file);
    writeFileSync(file, text);
  }

  /** Puts into the mirror what that bundle has. */
  function copyOriginal(folder: string): void {
    const file = join(mirror, program().path);
    copyFileSync(join(folder, program().path), `${file}.new`);
    must(cluster.run('mv', `${file}.new`, file));
  }

  /** Makes the bundle's archive one of another build of the program, which does the same. */
  function renewProgram(folder: string): void {
    const archive = join(folder, program().path);
    const unpacked = join(cluster.home, 'unpacked');
    mkdirSync(unpacked);
    must(cluster.run('tar', '-xzf', archive, '-C', unpacked));
    appendFileSync(join(unpacked, PROGRAM), '\n');
    rmSync(archive);
    must(cluster.run('tar', '-czf', archive, '-C', unpacked, PROGRAM));
    const list = readBundle(folder);
    const entry = list.files.find(({ component }) => component === PROGRAM);
    if (entry === undefined) throw new Error(`the bundle has no ${PROGRAM}`);
    entry.sha256 = sha256(readFileSync(archive));
    entry.size = statSync(archive).size;
    rmSync(join(folder, 'bundle.json'));
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(list));
  }

  function readBundle(folder: string): { files: BundleFile[] } {
    return JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'));
  }
});

/** Moves what Ironkeel keeps on the machine to a disk of 32 MB, until the next boot. */
const SMALL_DISK = `set -e; state=/var/lib/ironkeel
mkdir /run/small && mount -t tmpfs -o size=32m,mode=755 small /run/small
cp -a $state/. /run/small && mount --bind /run/small $state; set +e`;
const INSTALL_AGAIN = 'systemctl restart --no-block ironkeel-install';
