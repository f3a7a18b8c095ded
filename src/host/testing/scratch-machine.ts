import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { adoptScript } from '../scripts.js';
import { type PayloadFixture, writeBelow, writePayload } from './payload.js';

export interface Outcome {
  /** null: killed. */
  readonly status: number | null;
  /** What was said, both streams in order. */
  readonly said: string;
}

/** What talks to the running system, recorded instead of done. */
const RECORDED = ['modprobe', 'networkctl', 'nmcli', 'restorecon', 'udevadm'];

/** A machine in a scratch folder: a root, and stand-ins for what would touch the machine the test runs on. */
export class ScratchMachine {
  readonly home = mkdtempSync(join(tmpdir(), 'ironkeel-host-'));
  readonly root = join(this.home, 'root');
  readonly incoming = join(this.root, 'var/lib/ironkeel/incoming');
  /** First in PATH, for stand-ins that count and cut. */
  readonly cuts = join(this.home, 'cuts');
  /** Next in PATH, for stand-ins of what would touch the machine the test runs on. */
  readonly stubs = join(this.home, 'stubs');

  /** The program that adopts, as machines have it. */
  readonly adoptProgram = join(this.home, 'ironkeel-adopt');

  constructor() {
    writeFileSync(this.adoptProgram, adoptScript());
    mkdirSync(this.stubs);
    for (const name of RECORDED) this.stub(name, `echo "${name} $*" >>${this.home}/calls`);
    // Scratch folders need no flush; that everything asked for exists is still checked.
    this.stub('sync', 'for path; do [[ $path == -* || -e $path ]] || { echo "sync: no $path" >&2; exit 1; }; done');
    this.stub('systemctl', fakeSystemctl(this.home, this.root));
    writeBelow(join(this.root, 'proc/sys/kernel/hostname'), 'localhost\n');
    mkdirSync(join(this.root, 'proc/sys/net/ipv4'), { recursive: true });
  }

  /** A second machine with the same disk. */
  clone(): ScratchMachine {
    const twin = new ScratchMachine();
    cpSync(this.root, twin.root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return twin;
  }

  offer(fixture: PayloadFixture): void {
    writePayload(this.incoming, fixture);
  }

  /** A drive's folder that holds the generation as `ironkeel/payload.tar`. */
  drive(fixture: PayloadFixture): string {
    const content = join(this.home, 'drive-content');
    const drive = join(this.home, 'drive');
    rmSync(content, { recursive: true, force: true });
    writePayload(content, fixture);
    mkdirSync(join(drive, 'ironkeel'), { recursive: true });
    const members = ['-C', content, `${fixture.generation}/manifest`, `${fixture.generation}/root`];
    const tar = spawnSync('tar', ['--format=ustar', '-cf', join(drive, 'ironkeel/payload.tar'), ...members]);
    if (tar.status !== 0) throw new Error(String(tar.stderr));
    return drive;
  }

  stub(name: string, body: string): void {
    writeFileSync(join(this.stubs, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
  }

  /** Runs a script with bash in a process group of its own; `setup` is put in front of it. */
  run(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, setup = ''): Promise<Outcome> {
    const child = spawn('bash', ['-c', `${setup} exec bash "$@"`, 'bash', script, ...args], {
      detached: true,
      env: { ...process.env, PATH: this.path, IRONKEEL_ROOT: this.root, IRONKEEL_SYSTEMCTL: 'systemctl', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    child.stderr.on('data', (data) => {
      said += data;
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, said }));
    });
  }

  /** With the folder of cuts first; it is empty unless a test fills it. */
  private get path(): string {
    return `${this.cuts}:${this.stubs}:${process.env.PATH}`;
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return lstatSync(join(this.root, path), { throwIfNoEntry: false }) !== undefined;
  }

  mode(path: string): number {
    return lstatSync(join(this.root, path)).mode & 0o7777;
  }

  /** What was asked of the running system since the last call. */
  calls(): string[] {
    try {
      return readFileSync(join(this.home, 'calls'), 'utf8').trim().split('\n');
    } catch {
      return [];
    } finally {
      rmSync(join(this.home, 'calls'), { force: true });
    }
  }

  /** Every entry that outlives a reboot: path → mode and content. Equal means the machines are alike. */
  snapshot(): Record<string, string> {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .map((entry) => relative(this.root, join(entry.parentPath, entry.name)))
      .filter((path) => path !== 'run' && !path.startsWith('run/') && !path.startsWith('proc/'));
    return Object.fromEntries(entries.sort().map((path) => [path, describe(join(this.root, path))]));
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

function describe(path: string): string {
  const stat = lstatSync(path);
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isDirectory()) return `directory ${mode}`;
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return `file ${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

/** Knows as much of systemd as adoption needs: the links of enabled and masked units. */
function fakeSystemctl(home: string, root: string): string {
  return `
args=(); for arg; do [[ $arg == --* ]] || args+=("$arg"); done
set -- "\${args[@]}"
units=${root}/etc/systemd/system
case $1 in
  enable) for name in "\${@:2}"; do [[ -f $units/$name ]] || { echo "Unit file $name does not exist." >&2; exit 1; }; done
    mkdir -p $units/multi-user.target.wants
    for name in "\${@:2}"; do ln -sf /etc/systemd/system/$name $units/multi-user.target.wants/$name; done ;;
  disable) for name in "\${@:2}"; do rm -f $units/multi-user.target.wants/$name; done ;;
  mask) mkdir -p $units; for name in "\${@:2}"; do ln -s /dev/null $units/$name 2>/dev/null || [[ -L $units/$name ]] || exit 1; done ;;
  unmask) for name in "\${@:2}"; do [[ ! -L $units/$name ]] || rm $units/$name; done ;;
  *) echo "systemctl $*" >>${home}/calls ;;
esac`;
}
