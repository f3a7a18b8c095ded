import { debian } from './debian/index.js';
import { fedoraCoreos } from './fedora-coreos/index.js';
import { flatcar } from './flatcar/index.js';
import type { OperatingSystem } from './types.js';
import { ubuntu } from './ubuntu/index.js';

/** Every operating system Ironkeel knows. A new one is a folder and a line here. */
export const operatingSystems: readonly OperatingSystem[] = [flatcar, fedoraCoreos, debian, ubuntu];

const byName = index(operatingSystems);

function index(systems: readonly OperatingSystem[]): ReadonlyMap<string, OperatingSystem> {
  const map = new Map(systems.map((system) => [system.name, system]));
  if (map.size !== systems.length) throw new Error('two operating systems share a name');
  return map;
}

/**
 * The operating system of a machine.
 * @throws RangeError for a name that is not registered; the inventory's validation has refused those already.
 */
export function operatingSystem(name: string): OperatingSystem {
  const system = byName.get(name);
  if (system === undefined) throw new RangeError(`no operating system is called ${name}`);
  return system;
}
