import type { MachineReport, UnitState } from '../probe-report.js';
import type { Cause } from '../types.js';
import { fault, lastSaid, shorten, waiting } from './causes.js';

/** What is the matter where `install-status` has one of these words, and what to do. */
const TROUBLES: readonly (readonly [RegExp, string, string])[] = [
  [
    /SHA-256/,
    'wrong-checksum',
    'the mirror or a proxy gives another file than the one that was pinned: mend it, the machine tries again by itself',
  ],
  [/cannot be written/, 'full-disk', 'make room on the machine; the rest goes by itself'],
  [/cannot be trusted/, 'untrusted-source', 'set the machine’s clock, or mend the mirror’s certificate'],
  [
    / answers \d{3} for /,
    'not-at-source',
    'look that the mirror holds that file; `ironkeel bundle` lists what has to be there',
  ],
  [/neither curl nor wget/, 'no-downloader', 'install curl on the machine'],
  [/ is in the way/, 'in-the-way', 'move it away on the machine'],
];

/**
 * What the installation of the pinned programs waits for, from the line it keeps in `/run/ironkeel/install-status`:
 * `downloading kubelet 1.36.4: 40 %, 20 of 50 MB`, `waiting: kubelet 1.36.4: …`, `done: …`.
 */
export function judgeInstallation(report: MachineReport): Cause | undefined {
  const { installStatus: status } = report;
  const unit = report.units.get('ironkeel-install');
  if (status === undefined) {
    const begun = unit?.active === 'active' || report.units.get('kubelet')?.active === 'active';
    return begun ? undefined : judgeUnbegun(unit, report);
  }
  if (/^done\b/.test(status)) return undefined;
  const trouble = TROUBLES.find(([pattern]) => pattern.test(status));
  const text = shorten(status.replace(/^waiting: /, ''));
  if (trouble !== undefined) return fault(trouble[1], text, trouble[2]);
  const [, doing = text, progress = ''] = /^(.*?)(?:: (\d+ %|\d+ MB so far).*)?$/.exec(text) ?? [];
  const code = status.startsWith('downloading ') ? 'downloading' : 'installing';
  return waiting(code, progress === '' ? doing : `${doing}, ${progress}`);
}

function judgeUnbegun(unit: UnitState | undefined, report: MachineReport): Cause | undefined {
  if (unit?.active === 'failed') {
    const message = `ironkeel-install.service failed (${unit.result})${lastSaid(report.journals.get('install'))}`;
    return fault('install-failed', message, 'journalctl -u ironkeel-install on the machine says more');
  }
  return waiting('install-unbegun', 'the installation of its programs has not begun yet');
}

/** Why a service is not running, undefined when it is. */
export function judgeService(name: string, report: MachineReport): Cause | undefined {
  const unit = report.units.get(name);
  const said = lastSaid(report.journals.get(name));
  const remedy = `journalctl -u ${name} on the machine says more`;
  if (unit === undefined) return fault(`no-${name}`, `it has no ${name}.service`, remedy);
  if (unit.active === 'active') return undefined;
  const restarts = unit.restarts > 0 ? `, started ${unit.restarts + 1} times` : '';
  if (unit.active === 'failed' || unit.restarts > 2) {
    return fault(`${name}-failed`, `${name} does not stay up (${unit.sub}, ${unit.result}${restarts})${said}`, remedy);
  }
  if (unit.active === 'activating') return waiting(`${name}-starting`, `${name} is starting${restarts}${said}`);
  return waiting(`${name}-stopped`, `${name} is not running yet (${unit.active}, ${unit.sub})${said}`);
}
