import { readFileSync } from 'node:fs';
import { mirrorOverlay, type OverlayEntry } from '../../overlay.js';
import { asset } from '../../places.js';
import type { Lab } from '../../types.js';

const AGENT = '/etc/lab/agent.py';
const UNIT = '/etc/systemd/system/lab-agent.service';
const WHY = '`ironkeel lab exec` finds nobody on the machine: it comes by a virtual console, not by the network';

/**
 * What the lab changes on a machine in QEMU. The kernel, its modules, control groups and clock are the machine's own,
 * so of what a container needs there is the mirror alone.
 */
export function qemuOverlay(lab: Lab): readonly OverlayEntry[] {
  return [
    ...mirrorOverlay(lab),
    { kind: 'file', path: AGENT, content: readFileSync(asset('qemu/agent.py'), 'utf8'), why: WHY },
    { kind: 'file', path: UNIT, content: `${AGENT_UNIT.join('\n')}\n`, why: WHY },
    {
      kind: 'link',
      path: '/etc/systemd/system/sysinit.target.wants/lab-agent.service',
      content: UNIT,
      why: WHY,
    },
  ];
}

/** From early on, so that a machine that gets no further can be asked why. */
const AGENT_UNIT = [
  '[Unit]',
  'Description=Run the commands of ironkeel lab exec',
  'DefaultDependencies=no',
  'Conflicts=shutdown.target',
  '[Service]',
  `ExecStart=/usr/bin/python3 -I -S ${AGENT}`,
  'Restart=on-failure',
  // What it started with a session of its own is no part of its end.
  'KillMode=process',
];
