import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../support/problem.js';
import { dnsmasqConfig } from './dnsmasq.js';
import { freshCableSteps, namespaces, networkCommands, stations } from './network-plan.js';
import { livingProcess } from './process-record.js';
import { mustRun, tryRun, waitUntil } from './run.js';
import { startService } from './service.js';
import { routerNamespace } from './topology.js';
import type { Lab, LabMachine, LabPlan } from './types.js';

/** Makes the network, unless all of it is there. What a killed run left of it is made anew. */
export function makeNetwork({ plan, folder }: Lab): void {
  const done = join(folder, 'network.done');
  const names = namespaces(plan);
  if (existsSync(done) && names.every(namespaceExists)) return;
  removeNetwork(plan);
  for (const command of networkCommands(plan)) mustRun(command);
  writeFileSync(done, '');
}

/** Gives a machine that is off a network namespace as it had at first. */
export function layCable(plan: LabPlan, machine: LabMachine): void {
  for (const { command, mayFail } of freshCableSteps(plan, machine)) {
    if (mayFail) tryRun(command);
    else mustRun(command);
  }
}

/** Removes the namespaces, and with them all that is in them. */
export function removeNetwork(plan: LabPlan): void {
  for (const name of namespaces(plan)) {
    if (namespaceExists(name)) mustRun(['ip', 'netns', 'delete', name]);
  }
}

function namespaceExists(name: string): boolean {
  return existsSync(`/run/netns/${name}`);
}

interface Link {
  readonly ifname: string;
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
}

/**
 * Checks that the router, through which everything passes, has cables to the lab's own namespaces, bridges between
 * them, and nothing else, and that its routes end there.
 * @throws WorkError naming what leads out.
 */
export function requireClosedNetwork(plan: LabPlan): void {
  const router = routerNamespace(plan);
  const wanted = new Map(stations(plan).map(({ port, namespace }) => [port, namespace]));
  const bridges = new Set(plan.segments.map(({ name }) => name));
  const known = namespaceIds(router);
  for (const { ifname, link_netnsid, linkinfo } of listLinks(router)) {
    const inside = wanted.get(ifname);
    const fits = inside !== undefined && known.get(link_netnsid ?? -1) === inside;
    if (ifname !== 'lo' && !fits && !(bridges.has(ifname) && linkinfo?.info_kind === 'bridge')) wayOut(router, ifname);
  }
  const defaults = mustRun(['ip', '-n', router, 'route', 'show', 'default']).trim();
  if (defaults !== '') wayOut(router, defaults);
}

/** Checks that a machine that is off, or a host of the lab, has one cable. @throws WorkError naming what else it has. */
export function requireOneCable(namespace: string): void {
  const extra = listLinks(namespace).find(({ ifname }) => ifname !== 'lo' && ifname !== 'eth0');
  if (extra !== undefined) wayOut(namespace, extra.ifname);
}

function wayOut(namespace: string, what: string): never {
  throw new WorkError(
    `the lab’s network would not be closed: ${namespace} has ${what}`,
    'Run `ironkeel lab down`, then `ironkeel lab up`',
  );
}

function listLinks(namespace: string): readonly Link[] {
  return JSON.parse(mustRun(['ip', '-n', namespace, '-details', '-json', 'link', 'show']) || '[]') as Link[];
}

/** Names of the namespaces that interfaces of this one are connected to, by the number it knows them by. */
function namespaceIds(namespace: string): Map<number, string> {
  const list = JSON.parse(mustRun(['ip', '-n', namespace, '-json', 'netns', 'list-id']) || '[]') as {
    nsid: number;
    name?: string;
  }[];
  return new Map(list.map(({ nsid, name }) => [nsid, name ?? '']));
}

const DNSMASQ_RECORD = 'dnsmasq.pid';

/** Starts the router's dnsmasq, unless it runs. @throws WorkError when it does not come up. */
export async function startDnsmasq({ plan, folder }: Lab): Promise<void> {
  const record = join(folder, DNSMASQ_RECORD);
  if (livingProcess(record) !== undefined) return;
  const config = join(folder, 'dnsmasq.conf');
  writeFileSync(config, dnsmasqConfig(plan, join(folder, 'dnsmasq.leases')));
  mustRun(['dnsmasq', '--test', `--conf-file=${config}`], 'This is a defect: please report it with cluster.yaml');
  const router = routerNamespace(plan);
  const log = join(folder, 'dnsmasq.log');
  startService(record, log, ['nsenter', `--net=/run/netns/${router}`, 'dnsmasq', `--conf-file=${config}`]);
  await requirePort(router, 53, 'dnsmasq', log);
}

/** Waits until a program of the router listens. @throws WorkError pointing at its log. */
export async function requirePort(namespace: string, port: number, program: string, log: string): Promise<void> {
  const listening = ['nsenter', `--net=/run/netns/${namespace}`, 'ss', '-Hltn', `sport = :${port}`];
  if (await waitUntil(10, () => tryRun(listening).stdout.trim() !== '')) return;
  throw new WorkError(`${program} did not start`, `See ${log}`);
}
