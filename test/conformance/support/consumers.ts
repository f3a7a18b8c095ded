import { operatingSystem } from '../../../src/os/registry.js';
import type { OperatingSystem } from '../../../src/os/types.js';

/** The real programs that read an operating system's documents, each checked by the test of its name. */
export type Consumer = 'ignition' | 'cloud-init';

/**
 * Which program checks which system. Flatcar's other consumer, coreos-cloudinit, is in no registry these checks
 * can install from; its rules are checked by `src/os/flatcar/user-data.test.ts`.
 */
export const CONSUMERS: Readonly<Record<string, readonly Consumer[]>> = {
  flatcar: ['ignition'],
  'fedora-coreos': ['ignition'],
  debian: ['cloud-init'],
  ubuntu: ['cloud-init'],
};

/** The systems a program reads documents for. */
export function systemsOf(consumer: Consumer): OperatingSystem[] {
  const names = Object.keys(CONSUMERS).filter((name) => CONSUMERS[name]?.includes(consumer));
  return names.map(operatingSystem);
}
