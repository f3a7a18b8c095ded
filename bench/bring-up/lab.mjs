// The guide's four machines in the lab, as both ways use them, and what lies on their disks.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/ironkeel.js', import.meta.url));
const COMPONENTS = fileURLToPath(new URL('../../lab/components', import.meta.url));
const POLL = fileURLToPath(new URL('./poll.mjs', import.meta.url));
const CACHE = resolve(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'));
/** Keeps the kubelet from starting while a machine is preloaded. */
const PRELOAD = 'etc/systemd/system/kubelet.service.d/00-preload.conf';
/**
 * What a machine that was preloaded keeps: the programs, what says which of them and of the images are there, and the
 * host keys for SSH that its operating system made, a second of the processor: kubeadm's machines have theirs too.
 */
const KEPT = ['opt', 'var/lib/ironkeel/stamps', 'var/lib/ironkeel/installed', 'etc/ssh'];

export const CONTROLLER = { name: 'controller', ip: '10.10.10.1' };
export const WORKERS = [
  { name: 'worker1', ip: '10.10.10.2' },
  { name: 'worker2', ip: '10.10.10.3' },
  { name: 'example.com', ip: '123.234.234.123' },
];
export const MACHINES = [CONTROLLER, ...WORKERS];

/** A file of `lab/components`, built or taken from the cache. */
export function component(module, program) {
  return build('build.sh', module, program);
}

function build(script, ...args) {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync('bash', [join(COMPONENTS, script), ...args], options).trim();
}

export class Lab {
  home = mkdtempSync(join(tmpdir(), 'ironkeel-bring-up-'));
  folder = join(this.home, 'cluster');
  bundle = join(CACHE, 'ironkeel/lab/bundle-default');

  cli = CLI;

  /**
   * The inventory of the guide and the drives it makes.
   * @param change is given the folder, and may change the inventory in it
   */
  prepare(change = () => {}) {
    build('bundle.sh', this.bundle);
    mkdirSync(this.folder, { mode: 0o700 });
    const key = join(this.home, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    this.ironkeel('init', '--example', 'guide', '--ssh-key', `${key}.pub`);
    change(this.folder);
    this.ironkeel('bundle', '--use', this.bundle);
    this.ironkeel('build');
    this.ironkeel('kubeconfig', '--merge');
    const { clusterId } = JSON.parse(readFileSync(join(this.folder, 'ironkeel.lock'), 'utf8'));
    this.run = join(CACHE, 'ironkeel/lab/run', clusterId);
  }

  /** The bundle's entry of an image, by its component. */
  image(component) {
    const { images } = JSON.parse(readFileSync(join(this.bundle, 'bundle.json'), 'utf8'));
    return images.find((image) => image.component === component);
  }

  machine({ name }) {
    return join(this.run, 'machines', name);
  }

  disk(machine, path = '') {
    return join(this.machine(machine), 'disk', path);
  }

  /** Where the first boot left everything, for copies. */
  preloaded(machine, path = '') {
    return join(this.run, 'preloaded', machine.name, path);
  }

  /** Boots the machines until all is installed and imported, the kubelet held back, and switches them off. */
  preload() {
    mkdirSync(this.run, { recursive: true, mode: 0o700 });
    for (const machine of MACHINES) {
      place(this.disk(machine, PRELOAD), '[Unit]\nConditionPathExists=/run/never\n');
    }
    this.ironkeel('lab', 'up', '--install', '--bundle', this.bundle);
    const script = `for i in $(seq 240); do
      if [ -e /var/lib/ironkeel/installed ]; then
        systemctl stop containerd
        sync -f /var/lib/containerd
        exit
      fi
      sleep 1
    done
    cat /run/ironkeel/install-status
    exit 1`;
    for (const machine of MACHINES) this.on(machine, 'sh', '-ec', script);
    this.powerOff();
    for (const machine of MACHINES) {
      rmSync(this.disk(machine, PRELOAD));
      mkdirSync(this.preloaded(machine), { recursive: true, mode: 0o700 });
      renameSync(join(this.machine(machine), 'real/containerd'), this.preloaded(machine, 'containerd'));
      renameSync(this.disk(machine), this.preloaded(machine, 'disk'));
    }
  }

  /** Gives a machine, which is off, a disk as it was never used, with the programs and the images on it. */
  freshDisk(machine) {
    const folder = this.machine(machine);
    for (const part of ['disk', 'work', 'real']) rmSync(join(folder, part), { recursive: true, force: true });
    mkdirSync(join(folder, 'disk'), { mode: 0o755 });
    for (const path of KEPT) copy(this.preloaded(machine, `disk/${path}`), this.disk(machine, path));
    copyStore(this.preloaded(machine, 'containerd'), join(folder, 'real/containerd'));
  }

  /** Until what was copied is on the disk, which would otherwise be busy with it. */
  settle() {
    execFileSync('sync', ['-f', this.run]);
  }

  powerOff() {
    this.ironkeel('lab', 'power-cut', '--all', '--off');
  }

  powerOn() {
    this.ironkeel('lab', 'power-on', '--all');
  }

  /** Runs a command on a machine; it has to succeed. Its standard output. */
  on({ name }, ...command) {
    return this.ironkeel('lab', 'exec', name, '--', ...command);
  }

  /** The same without waiting; resolves to the milliseconds at which it ended, rejects when it failed. */
  start({ name }, ...command) {
    return this.#spawn('lab', 'exec', name, '--', ...command).then(() => Date.now());
  }

  /** What `poll.mjs` saw, asked from a host beside the machines. */
  async poll(kubeconfig, { seconds = 600, dns = false, oldBoots = [] } = {}) {
    const server = `${CONTROLLER.ip}:6443`;
    const args = [kubeconfig, server, seconds, dns ? 'dns' : 'nodes', ...oldBoots].map(String);
    return JSON.parse(await this.#spawn('lab', 'exec', 'lan', '--', process.execPath, POLL, ...args));
  }

  #spawn(...args) {
    return new Promise((done, failed) => {
      const child = spawn(process.execPath, [CLI, '-C', this.folder, ...args], {
        cwd: this.folder,
        env: this.#environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let all = '';
      child.stdout.on('data', (chunk) => {
        stdout += chunk;
        all += chunk;
      });
      child.stderr.on('data', (chunk) => {
        all += chunk;
      });
      child.on('error', failed);
      child.on('close', (status) => {
        if (status === 0) done(stdout);
        else failed(new Error(`ironkeel ${args.join(' ')} ended with ${status}:\n${all.slice(-4000)}`));
      });
    });
  }

  ironkeel(...args) {
    return this.ironkeelIn(this.folder, ...args);
  }

  /** Runs `ironkeel` in a folder; it has to succeed. Its standard output. */
  ironkeelIn(folder, ...args) {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [CLI, '-C', folder, ...args], {
      cwd: folder,
      env: this.#environment(),
      encoding: 'utf8',
      timeout: 580_000,
      maxBuffer: 256 << 20,
    });
    if (error || status !== 0) {
      throw new Error(`ironkeel ${args.join(' ')} ended with ${status ?? error}:\n${(stdout + stderr).slice(-4000)}`);
    }
    return stdout;
  }

  #environment() {
    return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', NO_COLOR: '1', HOME: this.home, XDG_CACHE_HOME: CACHE };
  }

  /** Takes the lab down, also one that is half made, and all that was written away. */
  leave() {
    if (existsSync(join(this.folder, 'cluster.yaml'))) this.ironkeel('lab', 'down');
    if (this.run !== undefined) rmSync(this.run, { recursive: true, force: true });
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Does something with a lab, which is taken down whatever comes of it. */
export async function withLab(work) {
  const lab = new Lab();
  const interrupted = () => {
    lab.leave();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupted);
  try {
    return await work(lab);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
    lab.leave();
  }
}

/** Writes a file and the folders above it. */
export function place(file, text) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, text);
}

/**
 * Copies containerd's store. Contents and layers are never written again, so that links will do; the databases are.
 */
function copyStore(from, to) {
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  execFileSync('cp', ['-al', '-T', from, to]);
  const databases = execFileSync('find', [from, '-name', '*.db', '-path', '*io.containerd.*', '-printf', '%P\\n'], {
    encoding: 'utf8',
  });
  for (const path of databases.split('\n').filter((line) => /^io\.containerd\.[^/]+\/[^/]+$/.test(line))) {
    rmSync(join(to, path));
    copy(join(from, path), join(to, path));
  }
}

/** Copies a file or a folder with all that belongs to it, as far as it is there. */
export function copy(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  execFileSync('cp', ['-a', '--reflink=auto', '-T', from, to]);
}
