import { ask } from './exec.js';
import { driveFile } from './places.js';
import { findDriver } from './registry.js';
import type { Lab, LabMachine } from './types.js';

export interface MachineStatus {
  readonly name: string;
  readonly ip: string;
  readonly power: 'on' | 'off';
  /** What systemd calls its state: `running`, `starting`, `degraded`, …; undefined while it is off. */
  readonly system?: string | undefined;
  /** The generation applied; undefined before the first. */
  readonly generation?: number | undefined;
  /** Hex, of the attached image. */
  readonly drive?: string | undefined;
  /** Where the drive's image is. */
  readonly driveFile: string;
}

/** What the lab itself knows of its machines; of Kubernetes it knows nothing, which is for `ironkeel status`. */
export function labStatus(lab: Lab): readonly MachineStatus[] {
  return lab.plan.machines.map((machine) => machineStatus(lab, machine));
}

const QUESTIONS =
  'echo "$(systemctl is-system-running 2>/dev/null)"; sed -n "s/^generation //p" /var/lib/ironkeel/applied/manifest 2>/dev/null; true';

function machineStatus(lab: Lab, machine: LabMachine): MachineStatus {
  const driver = findDriver(lab.driver);
  const { name, ip } = machine;
  const off = { name, ip, driveFile: driveFile(lab, machine) };
  if (!driver.isOn(lab, machine)) return { ...off, power: 'off' };
  const [system = '', generation = ''] = ask(lab, name, ['sh', '-c', QUESTIONS]).stdout.split('\n');
  return {
    ...off,
    power: 'on',
    // It answers nothing in the first instants of a boot.
    system: system || 'starting',
    generation: generation === '' ? undefined : Number(generation),
    drive: driver.drive(lab, machine)?.sha256,
  };
}
