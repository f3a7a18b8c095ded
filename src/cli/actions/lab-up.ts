import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { kubeProxyConfiguration, kubeProxyKubeconfig } from '../../addons/kube-proxy/configuration.js';
import { encodeYaml } from '../../formats/yaml.js';
import type { Cluster } from '../../inventory/types.js';
import {
  bringUp,
  type DriverName,
  findDriver,
  findLab,
  findMachine,
  isCurrentDrive,
  type Lab,
  type LabMachine,
  labFolder,
  missingPackages,
  networkRequirements,
  planLab,
  requirePackages,
  type StartedMachine,
} from '../../lab/index.js';
import { planCluster } from '../../plan/index.js';
import { inputError, type Problem, WorkError } from '../../support/problem.js';
import type { LabUpFlags } from '../commands/lab-up.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { table } from '../table.js';
import { clusterId, labCache, labHost } from './lab.js';

type Flags = LabUpFlags & GlobalFlags;

/** Boots the cluster's machines in the lab. */
export default async function labUp(context: CliContext, flags: Flags): Promise<void> {
  labHost(context);
  const driver = findDriver(flags.driver);
  const lab = await wantedLab(context, flags);
  const machines = chosen(lab, flags);
  const needed = driver.requirements({ ...lab.plan, machines }, flags.provision);
  const say = (text: string) => context.out.note(text);
  const wanted = [...networkRequirements(lab.plan), ...needed];
  requirePackages(missingPackages(wanted, context.env.PATH ?? ''), flags.install, say);
  if (lab.bundle === undefined) context.out.problem(NOTHING_TO_INSTALL);
  sayOverlay(context, lab, machines);
  const started = await bringUp(lab, machines, say);
  requireUnchangedDrives(lab, started);
  report(context, started);
}

const NOTHING_TO_INSTALL: Problem = {
  severity: 'warning',
  code: 'lab-no-bundle',
  message: 'the machines find nothing to install: the lab has no way out, and no --bundle was given',
  remedy: 'Make a folder with `ironkeel bundle`, then `ironkeel lab down` and `ironkeel lab up --bundle bundle`',
};

async function wantedLab(context: CliContext, flags: Flags): Promise<Lab> {
  const { cluster } = await readInventory(context, flags);
  const id = clusterId(context, flags);
  const cache = labCache(context);
  // A second run that does not say it finds the same things to install; a clock is wrong as long as one says so.
  const { bundle }: Partial<Lab> = findLab(cache, id) ?? {};
  return {
    plan: planLab(cluster, id),
    folder: labFolder(cache, id),
    cache,
    clusterFolder: clusterPaths(context, flags).folder,
    driver: flags.driver,
    provision: flags.provision,
    kubeProxy: unlimitedKubeProxy(cluster),
    bundle: flags.bundle === undefined ? bundle : bundleFolder(context, flags.bundle),
    clock: flags.clock === undefined ? undefined : machineClock(flags.driver, flags.clock),
  };
}

/** A date, or a date and time, of UTC. */
function machineClock(driver: DriverName, given: string): string {
  if (!findDriver(driver).ownClock) {
    throw inputError(
      'lab-clock',
      `machines in ${driver} share this host’s clock`,
      'Use `--driver qemu` with `--clock`',
    );
  }
  const [date = '', time = '00:00:00'] = given.replace(/Z$/, '').split('T');
  const clock = `${date}T${time}`;
  const parsed = new Date(`${clock}Z`);
  if (!Number.isNaN(parsed.valueOf()) && parsed.toISOString().startsWith(clock)) return clock;
  throw inputError('lab-clock', `${given} is no date`, 'Write it as 2020-01-01 or 2020-01-01T12:00:00');
}

/** kube-proxy's ConfigMap, which leaves the kernel's conntrack limits as they are. */
function unlimitedKubeProxy(cluster: Cluster): string {
  const config = kubeProxyConfiguration(planCluster(cluster), { conntrack: { maxPerCore: 0, min: 0 } });
  return encodeYaml({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: { 'config.yaml': config, 'kubeconfig.yaml': kubeProxyKubeconfig() },
  });
}

function bundleFolder(context: CliContext, given: string): string {
  const folder = resolve(context.cwd, given);
  if (existsSync(folder)) return folder;
  throw inputError('no-bundle', `there is no folder ${folder}`, 'Make it with `ironkeel bundle`');
}

function chosen(lab: Lab, { only, except = [], order }: LabUpFlags): readonly LabMachine[] {
  for (const name of [...(only ?? []), ...except]) findMachine(lab, name);
  const machines = lab.plan.machines.filter(({ name }) => (only?.includes(name) ?? true) && !except.includes(name));
  if (machines.length === 0) {
    throw inputError('which-machines', '--only and --except leave no machine', 'Name at least one with --only');
  }
  return order === 'reverse' ? machines.toReversed() : machines;
}

/** Every change to a machine is shown before it is made; those that machines share once. */
function sayOverlay({ out }: CliContext, lab: Lab, machines: readonly LabMachine[]): void {
  const entries = machines.flatMap((machine) => findDriver(lab.driver).overlay(lab, machine));
  const rows = [...new Map(entries.map(({ path, why }) => [path, [`  ${path}`, why]])).values()];
  out.note('The lab changes on each machine, for its own sake (path, and what happens without it):');
  for (const line of table(rows)) out.note(line);
}

/** The very bytes that `build` wrote are what the machines have. */
function requireUnchangedDrives(lab: Lab, started: readonly StartedMachine[]): void {
  for (const { name, drive } of started) {
    if (drive === undefined || isCurrentDrive(lab, findMachine(lab, name), drive)) continue;
    throw new WorkError(
      `the drive attached to ${name} is not the config.iso of its folder: that changed since the machine started`,
      `Run \`ironkeel lab reboot ${name}\` to attach the new one`,
    );
  }
}

function report({ out }: CliContext, started: readonly StartedMachine[]): void {
  const rows = started.map(({ name, ip, drive, console }) => [name, ip, drive ?? '-', console]);
  for (const line of table([['MACHINE', 'IP', 'SHA-256 OF ITS DRIVE', 'CONSOLE'], ...rows])) out.line(line);
  out.result({ machines: started });
}
