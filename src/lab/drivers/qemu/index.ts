import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError, WorkError } from '../../../support/problem.js';
import { placeOverlay } from '../../disk.js';
import { asset, consoleFile, driveFile, machineFolder } from '../../places.js';
import { livingProcess, signalProcess } from '../../process-record.js';
import { childrenOf, endTree, nameOf } from '../../processes.js';
import { mustRun, tryRun, waitUntil } from '../../run.js';
import { startService } from '../../service.js';
import type { AttachedDrive, Driver, Lab, LabMachine, LabPlan, Provision, Requirement } from '../../types.js';
import { qemuOverlay } from './overlay.js';

/**
 * Machines in QEMU: a kernel, control groups and a clock of their own, the drive as a CD-ROM. Native speed where a
 * guest really boots with KVM, else several times slower. See docs/decisions/0013-lab-driver.md.
 */
export const qemu: Driver = {
  name: 'qemu',
  requirements,
  ownClock: true,
  overlay: qemuOverlay,
  fetch,
  prepare,
  start,
  isOn: (lab, machine) => power(lab, machine) !== undefined,
  drive,
  exec,
  cut,
  remove,
};

const PROGRAM = 'qemu-system-x86_64';
/** Kinds of machine image that boot from the drive. */
const IMAGES: readonly string[] = ['flatcar', 'debian'];
const MEMORY = '3072';
/** Commands that can run on a machine at once. */
const EXEC_PORTS = 4;

/** @throws InputError for machines that do not boot from a drive, or a host of another architecture. */
function requirements({ machines }: Pick<LabPlan, 'machines'>, provision: Provision): readonly Requirement[] {
  const strange = machines.find(({ os }) => !IMAGES.includes(os) || (os === 'flatcar' && provision === 'ignition'));
  if (strange !== undefined) {
    throw inputError(
      'lab-no-image',
      `the lab boots ${strange.os} from no drive in QEMU, and ${strange.name} needs that`,
      `Leave it out with \`--except ${strange.name}\`, or use \`--driver nspawn\``,
    );
  }
  if (arch() !== 'x64') {
    throw inputError(
      'lab-architecture',
      `the lab's QEMU runs on amd64, and this is ${arch()}`,
      'Use `--driver nspawn`',
    );
  }
  return [
    { program: 'mmdebstrap', package: 'mmdebstrap' },
    { program: 'dpkg-deb', package: 'dpkg' },
    { program: PROGRAM, package: 'qemu-system-x86' },
    { program: 'mke2fs', package: 'e2fsprogs' },
    { program: 'modprobe', package: 'kmod' },
    { program: 'xz', package: 'xz-utils' },
  ];
}

function fetch(lab: Lab, say: (text: string) => void): void {
  mkdirSync(lab.cache, { recursive: true });
  const kinds = new Set(lab.plan.machines.map(({ os }) => os).filter((os) => IMAGES.includes(os)));
  for (const kind of kinds) {
    say(`machine image: ${kind}`);
    const layers = runAsset('image.sh', kind, lab.cache);
    writeFileSync(bootRecord(lab, kind), runAsset('qemu/disk.sh', kind, layers, lab.cache));
  }
  const [kind = ''] = kinds;
  const kvm = runAsset('qemu/kvm.sh', readFileSync(bootRecord(lab, kind), 'utf8'));
  writeFileSync(kvmRecord(lab), kvm);
  if (kvm !== 'yes') say('no guest boots with KVM here, so machines are several times slower than on metal');
}

function runAsset(name: string, ...args: readonly string[]): string {
  return mustRun(['bash', asset(name), ...args], 'Check the network and the sources of apt, then try again').trim();
}

/** Where the folder of kernel, initrd and disk of a kind of machine is written down. */
function bootRecord({ folder }: Lab, kind: string): string {
  return join(folder, `boot-${kind}`);
}

function kvmRecord({ folder }: Lab): string {
  return join(folder, 'kvm');
}

function prepare(lab: Lab, machine: LabMachine): void {
  const folder = machineFolder(lab, machine);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const boot = readFileSync(bootRecord(lab, machine.os), 'utf8');
  const disk = join(folder, 'disk');
  if (!existsSync(disk)) {
    mustRun(['cp', '--sparse=always', '--reflink=auto', join(boot, 'disk'), `${disk}.new`]);
    mustRun(['mv', `${disk}.new`, disk]);
  }
  // The initrd brings the overlay: at every boot it is what was told last.
  const overlay = join(folder, 'overlay');
  rmSync(overlay, { recursive: true, force: true });
  placeOverlay(join(overlay, 'overlay'), qemuOverlay(lab));
  runAsset('qemu/initrd.sh', boot, overlay, join(folder, 'initrd'));
  writeFileSync(join(folder, 'power.env'), powerEnvironment(lab, machine, boot));
}

/** What `assets/qemu/power.sh` is told, as assignments of the shell. */
function powerEnvironment(lab: Lab, machine: LabMachine, boot: string): string {
  const values = {
    boot,
    drive: driveFile(lab, machine),
    mac: machine.mac,
    clock: lab.clock ?? '',
    memory: MEMORY,
    kvm: readFileSync(kvmRecord(lab), 'utf8'),
    read_only_usr: machine.os === 'debian' ? 'no' : 'yes',
    ports: String(EXEC_PORTS),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

async function start(lab: Lab, machine: LabMachine): Promise<void> {
  if (emulator(lab, machine) !== undefined) return;
  await endAll(lab, machine);
  const log = consoleFile(lab, machine);
  const inside = ['nsenter', `--net=/run/netns/${machine.namespace}`];
  startService(powerRecord(lab, machine), log, [
    ...inside,
    'bash',
    asset('qemu/power.sh'),
    machineFolder(lab, machine),
  ]);
  const failed = () => existsSync(powerRecord(lab, machine)) && power(lab, machine) === undefined;
  await waitUntil(60, () => emulator(lab, machine) !== undefined || failed());
  if (emulator(lab, machine) !== undefined) return;
  throw new WorkError(`${machine.name} did not start`, `See ${log}`);
}

function drive(lab: Lab, machine: LabMachine): AttachedDrive | undefined {
  const file = join(machineFolder(lab, machine), 'drive');
  if (power(lab, machine) === undefined || !existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8').trim();
  const space = text.lastIndexOf(' ');
  return { device: text.slice(0, space), sha256: text.slice(space + 1) };
}

function exec(lab: Lab, machine: LabMachine, command: readonly string[]): readonly string[] | undefined {
  if (power(lab, machine) === undefined) return undefined;
  const client = fileURLToPath(new URL('exec-client.js', import.meta.url));
  const folder = machineFolder(lab, machine);
  return ['bash', asset('qemu/exec.sh'), folder, String(EXEC_PORTS), process.execPath, client, ...command];
}

async function cut(lab: Lab, machine: LabMachine): Promise<void> {
  await endAll(lab, machine);
}

async function remove(lab: Lab, machine: LabMachine): Promise<void> {
  await endAll(lab, machine);
  rmSync(machineFolder(lab, machine), { recursive: true, force: true });
}

/** The supply first, which could otherwise take the end of QEMU for a shutdown; then QEMU, in the middle of what it does. */
async function endAll(lab: Lab, machine: LabMachine): Promise<void> {
  const guest = emulator(lab, machine);
  endTree(powerRecord(lab, machine));
  if (guest !== undefined) signalProcess(guest, 'SIGKILL');
  const gone = await waitUntil(20, () => guest === undefined || nameOf(guest) !== PROGRAM.slice(0, 15));
  if (!gone) throw new WorkError(`QEMU of ${machine.name} does not end`, 'Run the command again');
  const namespace = `/run/netns/${machine.namespace}`;
  if (existsSync(namespace)) tryRun(['nsenter', `--net=${namespace}`, 'bash', asset('qemu/cable.sh'), 'unplug']);
}

function powerRecord(lab: Lab, machine: LabMachine): string {
  return join(machineFolder(lab, machine), 'power.pid');
}

function power(lab: Lab, machine: LabMachine): number | undefined {
  return livingProcess(powerRecord(lab, machine))?.pid;
}

/** QEMU, while it runs: between a machine's boots there is none for an instant. */
function emulator(lab: Lab, machine: LabMachine): number | undefined {
  const supply = power(lab, machine);
  return supply === undefined ? undefined : childrenOf(supply).find((pid) => nameOf(pid) === PROGRAM.slice(0, 15));
}
