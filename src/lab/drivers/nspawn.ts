import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { inputError, WorkError } from '../../support/problem.js';
import { placeOverlay } from '../disk.js';
import { freshCableSteps } from '../network-plan.js';
import { machineOverlay } from '../overlay.js';
import { asset, consoleFile, driveFile, machineFolder, nodeFolder } from '../places.js';
import { livingProcess, signalProcess } from '../process-record.js';
import { childrenOf, nameOf, namespacedIds, processesIn } from '../processes.js';
import { mustRun, tryRun, waitUntil } from '../run.js';
import { startService } from '../service.js';
import type { AttachedDrive, Driver, Lab, LabMachine, Provision, Requirement } from '../types.js';

/**
 * Machines in systemd-nspawn: native speed, the host's kernel. The programs it needs are unpacked beside the host's
 * systemd. See docs/decisions/0013-lab-driver.md.
 */
export const nspawn: Driver = {
  name: 'nspawn',
  requirements,
  ownClock: false,
  overlay: (lab, machine) => machineOverlay(lab, machine, release()),
  fetch,
  prepare,
  start,
  isOn: (lab, machine) => leader(lab, machine) !== undefined,
  drive,
  exec,
  cut,
  remove,
};

const IGNITION = '/usr/lib/dracut/modules.d/30ignition/ignition';
const IMAGES: Readonly<Record<string, string>> = {
  flatcar: 'flatcar',
  debian: 'debian',
  'fedora-coreos': 'fedora-coreos',
};
/** Folders below /var/lib that hold overlays of their own, or whose writes are many: not on the machine's overlay. */
const REAL_FOLDERS: readonly (readonly [name: string, mode: number])[] = [
  ['containerd', 0o711],
  ['kubelet', 0o755],
  ['etcd', 0o700],
];

/** @throws InputError for machines of which there is no image. */
function requirements({ machines }: { readonly machines: readonly LabMachine[] }, provision: Provision): Requirement[] {
  const strange = machines.find(({ os }) => IMAGES[os] === undefined);
  if (strange !== undefined) {
    throw inputError(
      'lab-no-image',
      `the lab has no machine image of ${strange.os}, which ${strange.name} runs`,
      `Leave it out with \`--except ${strange.name}\``,
    );
  }
  if (arch() !== 'x64' && arch() !== 'arm64') {
    throw inputError('lab-architecture', `the lab runs on amd64 and arm64, and this is ${arch()}`, 'Use another host');
  }
  return [
    { program: 'mmdebstrap', package: 'mmdebstrap' },
    { program: 'apt-cache', package: 'apt' },
    { program: 'dpkg-deb', package: 'dpkg' },
    { program: 'losetup', package: 'mount' },
    ...(machines.some((machine) => byIgnition(machine, provision)) ? [{ program: IGNITION, package: 'ignition' }] : []),
  ];
}

function fetch(lab: Lab, say: (text: string) => void): void {
  mkdirSync(lab.cache, { recursive: true });
  writeFileSync(join(lab.folder, 'nspawn'), fetchAsset(['nspawn.sh', lab.cache]));
  for (const kind of new Set(lab.plan.machines.map(({ os }) => IMAGES[os] ?? ''))) {
    say(`machine image: ${kind}`);
    writeFileSync(join(lab.folder, `image-${kind}`), fetchAsset(['image.sh', kind, lab.cache]));
  }
}

function fetchAsset([name = '', ...args]: readonly string[]): string {
  return mustRun(['bash', asset(name), ...args], 'Check the network and the sources of apt, then try again').trim();
}

function prepare(lab: Lab, machine: LabMachine): void {
  const folder = machineFolder(lab, machine);
  for (const name of ['disk', 'work', 'root']) mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  for (const [name, mode] of REAL_FOLDERS) mkdirSync(join(folder, 'real', name), { recursive: true, mode });
  placeOverlay(join(folder, 'disk'), machineOverlay(lab, machine, release()));
  writeFileSync(join(folder, 'power.env'), powerEnvironment(lab, machine));
  writeFileSync(join(folder, 'cable.sh'), cableScript(lab, machine));
}

/** Fedora CoreOS reads no drive. */
function byIgnition({ os }: LabMachine, provision: Provision): boolean {
  return os === 'fedora-coreos' || (os === 'flatcar' && provision === 'ignition');
}

/** What `assets/power.sh` is told, as assignments of the shell. */
function powerEnvironment(lab: Lab, machine: LabMachine): string {
  const ignited = byIgnition(machine, lab.provision);
  const values = {
    machine_id: `${lab.plan.prefix}-${machine.name}`.slice(0, 63),
    group_name: machine.namespace,
    netns: machine.namespace,
    layers: readFileSync(join(lab.folder, `image-${IMAGES[machine.os]}`), 'utf8'),
    tools: readFileSync(join(lab.folder, 'nspawn'), 'utf8'),
    drive: ignited ? '' : driveFile(lab, machine),
    ignition: ignited ? join(nodeFolder(lab, machine), 'config.ign') : '',
    read_only_usr: machine.os === 'debian' ? 'no' : 'yes',
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

/** What gives the machine a fresh network at a reboot, of which no command of Ironkeel knows. */
function cableScript({ plan }: Lab, machine: LabMachine): string {
  return freshCableSteps(plan, machine)
    .map(({ command, mayFail }) => `${command.map(quote).join(' ')}${mayFail ? ' 2>/dev/null || :' : ''}\n`)
    .join('');
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

async function start(lab: Lab, machine: LabMachine): Promise<void> {
  if (leader(lab, machine) !== undefined) return;
  await endAll(lab, machine);
  const folder = machineFolder(lab, machine);
  const log = consoleFile(lab, machine);
  rmSync(join(folder, 'drive'), { force: true });
  startService(powerRecord(lab, machine), log, ['bash', asset('power.sh'), folder]);
  const failed = () => existsSync(powerRecord(lab, machine)) && power(lab, machine) === undefined;
  await waitUntil(60, () => leader(lab, machine) !== undefined || failed());
  if (leader(lab, machine) !== undefined) return;
  throw new WorkError(`${machine.name} did not start: ${lastLine(log)}`, `See ${log}`);
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
}

function drive(lab: Lab, machine: LabMachine): AttachedDrive | undefined {
  const file = join(machineFolder(lab, machine), 'drive');
  if (leader(lab, machine) === undefined || !existsSync(file)) return undefined;
  const [device = '', sha256 = ''] = readFileSync(file, 'utf8').trim().split(' ');
  return { device, sha256 };
}

/** The host's environment stays outside. */
function exec(lab: Lab, machine: LabMachine, command: readonly string[]): readonly string[] | undefined {
  const target = leader(lab, machine);
  if (target === undefined) return undefined;
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  const path = '/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const environment = ['HOME=/root', `PATH=${path}`, 'LANG=C.UTF-8', `TERM=${process.env.TERM ?? 'dumb'}`];
  const inside = ['/usr/bin/env', '--ignore-environment', '--chdir=/root', ...environment];
  return ['nsenter', `--target=${target}`, ...spaces, '--', ...inside, ...command];
}

async function cut(lab: Lab, machine: LabMachine): Promise<void> {
  // Not nspawn: without it the machine would go on.
  const first = leader(lab, machine);
  if (first !== undefined) signalProcess(first, 'SIGKILL');
  await waitUntil(5, () => power(lab, machine) === undefined);
  await endAll(lab, machine);
}

async function remove(lab: Lab, machine: LabMachine): Promise<void> {
  await cut(lab, machine);
  for (const group of groups(lab, machine).filter(existsSync)) {
    mustRun(['find', group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  }
  detachLeftover(driveFile(lab, machine));
  rmSync(machineFolder(lab, machine), { recursive: true, force: true });
}

/** A device is left only where the power supply was killed in the instant between attaching it and giving it away. */
function detachLeftover(file: string): void {
  if (!existsSync(file)) return;
  const list = tryRun(['losetup', '--associated', file, '--noheadings', '--raw', '--output', 'NAME,AUTOCLEAR']).stdout;
  for (const line of list.trim().split('\n')) {
    const [device = '', autoclear] = line.split(' ');
    if (autoclear === '0') tryRun(['losetup', '--detach', device]);
  }
}

/** Ends what is left of the machine: its groups hold all of it, and nothing else. */
async function endAll(lab: Lab, machine: LabMachine): Promise<void> {
  const own = power(lab, machine);
  if (own !== undefined) signalProcess(own, 'SIGKILL');
  const gone = await waitUntil(20, () => {
    const left = processesIn(groups(lab, machine));
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    return left.length === 0;
  });
  if (!gone) throw new WorkError(`processes of ${machine.name} do not end`, 'Run the command again');
  rmSync(powerRecord(lab, machine), { force: true });
}

/** One group a hierarchy, as the power supply wrote them down before it made them. */
function groups(lab: Lab, machine: LabMachine): readonly string[] {
  const file = join(machineFolder(lab, machine), 'groups');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('/sys/fs/cgroup/') && line.endsWith(`/${machine.namespace}`));
}

function powerRecord(lab: Lab, machine: LabMachine): string {
  return join(machineFolder(lab, machine), 'power.pid');
}

function power(lab: Lab, machine: LabMachine): number | undefined {
  return livingProcess(powerRecord(lab, machine))?.pid;
}

/** The machine's first process as the host sees it, once it is there. */
function leader(lab: Lab, machine: LabMachine): number | undefined {
  const supply = power(lab, machine);
  const container =
    supply === undefined ? undefined : childrenOf(supply).find((pid) => nameOf(pid) === 'systemd-nspawn');
  return container === undefined ? undefined : childrenOf(container).find((pid) => namespacedIds(pid).at(-1) === 1);
}
