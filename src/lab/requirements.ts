import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inputError } from '../support/problem.js';
import { mustRun, tryRun } from './run.js';
import type { LabPlan, Requirement } from './types.js';

/** What every lab needs of its host, whatever powers the machines and whatever its network is. */
const NETWORK_REQUIREMENTS: readonly Requirement[] = [
  { program: 'bash', package: 'bash' },
  { program: 'ip', package: 'iproute2' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'unshare', package: 'util-linux' },
  { program: 'flock', package: 'util-linux' },
  { program: 'sysctl', package: 'procps' },
  { program: 'dnsmasq', package: 'dnsmasq-base' },
];

/** The same, with what this lab's own network needs besides. */
export function networkRequirements({ translations }: Pick<LabPlan, 'translations'>): readonly Requirement[] {
  return [...NETWORK_REQUIREMENTS, ...(translations.length > 0 ? [{ program: 'nft', package: 'nftables' }] : [])];
}

/** Where Debian has programs that a user's own search path may leave out. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** A search path with Debian's folders behind the user's own: `su` leaves those of root out. */
export function systemPath(path: string): string {
  const own = path.split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...own, ...SYSTEM_FOLDERS])].join(delimiter);
}

/** The packages, each once, of programs that the host does not have. */
export function missingPackages(wanted: readonly Requirement[], path: string): readonly string[] {
  const folders = systemPath(path).split(delimiter);
  const missing = wanted.filter(({ program }) => !hasProgram(folders, program));
  return [...new Set(missing.map((each) => each.package))].sort();
}

function hasProgram(folders: readonly string[], program: string): boolean {
  const candidates = program.startsWith('/') ? [program] : folders.map((folder) => join(folder, program));
  return candidates.some(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}

/**
 * Refuses a host on which the lab cannot be, before anything is made.
 * @throws InputError with what to do about it.
 */
export function requireHost(platform: string, uid: number | undefined): void {
  if (platform !== 'linux') {
    throw inputError(
      'lab-needs-linux',
      `the lab runs on Linux, and this is ${platform}`,
      'Run it on a Linux machine or in a Linux VM',
    );
  }
  if (uid !== 0) {
    throw inputError(
      'lab-needs-root',
      'the lab needs root: it makes network namespaces and machines',
      'Run it with sudo',
    );
  }
}

/**
 * Refuses a host that lacks packages, or installs them where that is asked for.
 * @throws InputError naming every package at once.
 */
export function requirePackages(missing: readonly string[], install: boolean, say: (text: string) => void): void {
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing];
  if (!install) {
    throw inputError(
      'lab-needs-packages',
      `the lab needs Debian packages that are not installed: ${missing.join(', ')}`,
      `Run \`ironkeel lab up --install\`, or \`${command.join(' ')}\``,
    );
  }
  if (tryRun(['apt-get', '--version']).status !== 0) {
    throw inputError(
      'lab-needs-apt',
      `this host has no apt-get to install ${missing.join(', ')}`,
      'Install them by hand',
    );
  }
  say(`installing ${missing.join(', ')}`);
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', ...command];
  if (tryRun(quiet).status === 0) return;
  mustRun(['apt-get', 'update'], 'Check the network and the sources of apt');
  mustRun(quiet, 'Install the packages by hand');
}
