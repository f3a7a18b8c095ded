import { encodeZone } from '../../formats/zone.js';
import { type DnsName, dnsNames } from '../../plan/dns-names.js';
import type { DnsShowFlags } from '../commands/dns-show.js';
import type { CliContext } from '../context.js';
import { demandNames } from '../domains.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { table } from '../table.js';

/** Seconds that resolvers keep a record: few, so that a machine which takes over is found soon. */
const TTL = 300;

const PURPOSES: Readonly<Record<DnsName['purpose'], string>> = {
  apex: 'the domain',
  wildcard: 'all below it',
  endpoint: 'the API',
};

/** Prints the records that DNS has to show. */
export default async function dnsShow(context: CliContext, flags: DnsShowFlags & GlobalFlags): Promise<void> {
  const { cluster } = await readInventory(context, flags);
  const names = demandNames(dnsNames(cluster));
  const records = names.flatMap(recordsOf);
  const missing = names.flatMap(gapsOf);
  if (flags.zone && !context.out.json) {
    context.out.raw(encodeZone(records.map(({ address: value, ...record }) => ({ ...record, value }))));
  } else {
    const rows = records.map(({ name, type, address, machine, purpose }) => [
      ...[name, type, address, machine],
      PURPOSES[purpose],
    ]);
    for (const line of table([['NAME', 'TYPE', 'ADDRESS', 'MACHINE', 'FOR'], ...rows])) context.out.line(line);
  }
  for (const gap of missing) context.out.note(explainGap(gap));
  context.out.result({ records, missing });
}

function recordsOf({ name, purpose, machines }: DnsName) {
  return machines.flatMap(({ name: machine, address }) =>
    address === undefined ? [] : [{ name, type: 'A', address, ttl: TTL, machine, purpose }],
  );
}

/** A record that cannot be given; `machine` is null where no machine serves the name at all. */
interface Gap {
  readonly name: string;
  readonly machine: string | null;
}

function gapsOf({ name, machines }: DnsName): Gap[] {
  if (machines.length === 0) return [{ name, machine: null }];
  return machines.filter(({ address }) => address === undefined).map((machine) => ({ name, machine: machine.name }));
}

function explainGap({ name, machine }: Gap): string {
  return machine === null
    ? `no record for ${name}: no machine is an edge that serves it; give one the role: edge`
    : `no record for ${name} at ${machine}: its address is not known; add ip or publicAddress to it in cluster.yaml`;
}
