import type { InventoryCatalogue, SystemChoice } from './context.js';
import type { Holey } from './draft.js';
import { DEFAULTS, type RawOs } from './schema.js';

/** What is wanted of an operating system after the cluster's choice is taken into account. */
export interface SettledOs {
  readonly name: string;
  /** Undefined: the system's default. */
  readonly channel: string | undefined;
}

type DraftOs = Holey<RawOs>;

/** The machine's own choice over the cluster's over the default. A channel goes with the system it was given for. */
export function settleOs(own: DraftOs | undefined, cluster: DraftOs | undefined): SettledOs {
  const base = readOs(cluster);
  const wanted = readOs(own);
  const name = wanted.name ?? base.name ?? DEFAULTS.os;
  const inherited = name === (base.name ?? DEFAULTS.os) ? base.channel : undefined;
  return { name, channel: wanted.channel ?? inherited };
}

/** The catalogue's entry of an operating system, or undefined. */
export function findSystem(name: string, { systems }: InventoryCatalogue): SystemChoice | undefined {
  return systems.find((system) => system.name === name);
}

function readOs(os: DraftOs | undefined): { name?: string | undefined; channel?: string | undefined } {
  return typeof os === 'string' ? { name: os } : (os ?? {});
}
