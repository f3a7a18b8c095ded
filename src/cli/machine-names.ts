import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * Names of the machines in an inventory, no more: a file that does not validate yet has some as well. None when it
 * cannot be read.
 */
export function machineNames(inventory: string): readonly string[] {
  try {
    const { machines } = parse(readFileSync(inventory, 'utf8')) as { machines: readonly { name: unknown }[] };
    return machines.map(({ name }) => String(name));
  } catch {
    return [];
  }
}
