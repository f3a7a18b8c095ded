// Ironkeel's way: the machines boot from the drives, and nobody does anything.
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { MACHINES } from './lab.mjs';

export const ironkeel = {
  name: 'Ironkeel',

  prepare(lab) {
    for (const machine of MACHINES) {
      lab.freshDisk(machine);
      const drive = driveOf(lab, machine);
      if (existsSync(`${drive}.unplugged`)) renameSync(`${drive}.unplugged`, drive);
    }
  },

  kubeconfig: (lab) => join(lab.home, '.kube/config'),

  /** The cluster makes itself. */
  async bringUp() {
    return {};
  },

  /** Milliseconds of the moments that the machines' own journals tell, of the machine that came last. */
  steps(lab) {
    const moments = MACHINES.map((machine) => {
      const journal = lab.on(
        machine,
        'journalctl',
        '-b',
        '-o',
        'short-unix',
        '-u',
        'ironkeel-adopt',
        '-u',
        'ironkeel-install',
      );
      return { adopted: moment(journal, 'is adopted'), installed: moment(journal, 'everything is installed') };
    });
    const last = (step) => Math.max(...moments.map((of) => of[step]));
    return { adopted: last('adopted'), installed: last('installed') };
  },
};

/** The image that is plugged in where it lies. */
export function driveOf(lab, { name }) {
  return join(lab.folder, 'inventory', `node-${name}`, 'config.iso');
}

function moment(journal, words) {
  const line = journal.split('\n').find((text) => text.includes(words));
  return line === undefined ? Number.NaN : Number(line.split(' ')[0]) * 1000;
}
