import type { MachineObservation } from '../machine-probe.js';
import type { Cause } from '../types.js';
import { fault, note } from './causes.js';

/** Certificates and tokens tolerate less; a clock that is set by hand is often off by more. */
const CLOCK_TOLERANCE = 120_000;

const MEBIBYTE = 1024 * 1024;
/** Below this nothing can be installed any more. */
const NO_ROOM = 100 * MEBIBYTE;
/** Where the kubelet begins to remove images and pods (`nodefs.available`, its default). */
const EVICTION_SHARE = 0.1;

/** What is wrong with a machine whatever step it is at: its clock, its disk, our rights on it. */
export function judgeConditions({ report, clockSkew = 0 }: MachineObservation, user: string): Cause[] {
  if (report === undefined) return [];
  const causes: Cause[] = [];
  if (Math.abs(clockSkew) > CLOCK_TOLERANCE) causes.push(wrongClock(report.time, clockSkew));
  if (report.disk !== undefined) causes.push(...judgeDisk(report.disk));
  if (!report.root) causes.push(noRoot(user));
  return causes;
}

function wrongClock(time: number, skew: number): Cause {
  const direction = skew < 0 ? 'behind' : 'ahead of';
  const said = new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  return fault(
    'wrong-clock',
    `its clock is ${duration(Math.abs(skew))} ${direction} this computer's: it says ${said} UTC`,
    'set it (`timedatectl`), and let it reach a time server: `ntp` in cluster.yaml names yours',
  );
}

function judgeDisk({ free, size }: { readonly free: number; readonly size: number }): Cause[] {
  const room = `${megabytes(free)} of ${megabytes(size)} are free on /var`;
  if (free < Math.min(NO_ROOM, size * 0.02)) {
    return [fault('full-disk', `its disk is full: ${room}`, 'make room below /var; the rest goes by itself')];
  }
  if (size > 0 && free < size * EVICTION_SHARE) {
    return [note('little-room', `${room}: the kubelet removes images and pods below ${EVICTION_SHARE * 100} %`)];
  }
  return [];
}

function noRoot(user: string): Cause {
  const message = `${user} may not use sudo without a password there: only what everybody may see was looked at`;
  return fault('no-root', message, `give ${user} NOPASSWD in sudoers, as the machine's drive did`);
}

function megabytes(bytes: number): string {
  return bytes >= 10 * 1024 * MEBIBYTE
    ? `${Math.round(bytes / 1024 / MEBIBYTE)} GiB`
    : `${Math.floor(bytes / MEBIBYTE)} MiB`;
}

/** Such as `3 h 12 min`; the two largest units. */
function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
