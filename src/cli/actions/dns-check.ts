import { randomBytes } from 'node:crypto';
import {
  allWell,
  checkLines,
  checkSummary,
  checksJson,
  dnsLookup,
  judgeDns,
  observeDns,
  systemDnsServers,
} from '../../diagnose/index.js';
import { dnsNames } from '../../plan/dns-names.js';
import type { DnsCheckFlags } from '../commands/dns-check.js';
import type { CliContext } from '../context.js';
import { demandNames } from '../domains.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';

/** Compares what DNS shows with what the inventory needs. */
export default async function dnsCheck(context: CliContext, flags: DnsCheckFlags & GlobalFlags): Promise<ExitCode> {
  const { cluster } = await readInventory(context, flags);
  const names = demandNames(dnsNames(cluster));
  const servers = flags.server === undefined ? systemDnsServers() : [flags.server];
  context.out.progress(`asking ${servers.join(', ')} …`);
  const observations = await observeDns(names, dnsLookup(flags.server), unusedLabel());
  const checks = judgeDns(observations);
  for (const line of checkLines(checks)) context.out.line(line);
  context.out.line();
  context.out.line(`${checkSummary(checks)} (asked ${servers.join(', ')})`);
  context.out.result({
    servers,
    names: observations.map(({ expected, asked, answer }) => ({
      name: expected.name,
      asked,
      expected: expected.machines.map(({ address }) => address ?? null),
      found: answer.a,
      alias: answer.alias ?? null,
      failure: answer.failure ?? null,
    })),
    checks: checksJson(checks),
  });
  return allWell(checks) ? EXIT.done : EXIT.failed;
}

/** A name below a domain that nobody has given a record or an Ingress of its own, nor a resolver in its cache. */
export function unusedLabel(): string {
  return `ironkeel-check-${randomBytes(4).toString('hex')}`;
}
