import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARD } from '../../addons/index.js';
import { inputError, WorkError } from '../../support/problem.js';
import type { DashboardFlags } from '../commands/dashboard.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { type Forward, Kubectl } from '../kubectl.js';
import { notBuilt } from '../not-built.js';

const IN_NAMESPACE = `--namespace=${DASHBOARD.namespace}`;
const LOOK = `Look at \`kubectl get pods ${IN_NAMESPACE} --selector=app.kubernetes.io/name=${DASHBOARD.workload}\``;

/** Opens the dashboard on this computer until the user ends it. */
export default async function dashboard(context: CliContext, flags: DashboardFlags & GlobalFlags): Promise<void> {
  if (context.out.json) {
    throw inputError('dashboard-json', 'a dashboard is for people: it has no --output json', 'Leave --output json out');
  }
  const kubectl = new Kubectl(context, await kubeconfigOf(context, flags));
  const token = await freshToken(kubectl, flags);
  const forward = await openPort(kubectl, flags.port);
  const asked = new Promise<'asked'>((resolve) => context.interrupts.whenAsked(() => resolve('asked')));
  const url = `http://127.0.0.1:${flags.port}/`;
  show(context, flags, url, token);
  if (context.interactive && !flags.noBrowser) openBrowser(context, url);
  const end = await Promise.race([asked, forward.ended]);
  forward.stop();
  if (end !== 'asked') throw new WorkError(`the connection to the dashboard is gone: ${end}`, LOOK);
  await forward.ended;
  context.out.note('the dashboard is closed');
}

/** @throws InputError when there is no dashboard to open. */
async function kubeconfigOf(context: CliContext, flags: GlobalFlags): Promise<string> {
  const { cluster } = await readInventory(context, flags);
  if (!cluster.addons.headlamp) {
    const remedy = 'Write addons: {headlamp: true} into it, build, and bring the controllers their new drives';
    throw inputError('no-dashboard', 'this cluster’s inventory has no dashboard', remedy);
  }
  const kubeconfig = join(clusterPaths(context, flags).folder, 'kubeconfig');
  if (existsSync(kubeconfig)) return kubeconfig;
  throw notBuilt(context, kubeconfig);
}

async function freshToken(kubectl: Kubectl, { admin, minutes }: DashboardFlags): Promise<string> {
  const account = admin ? DASHBOARD.accounts.admin : DASHBOARD.accounts.view;
  const args = ['create', 'token', account, IN_NAMESPACE, `--duration=${minutes}m`, '--request-timeout=20s'];
  const remedy = '`ironkeel status` says whether the API answers, and whether the controllers have applied the addon';
  return (await kubectl.ask(args, { what: 'make a token', remedy })).trim();
}

function openPort(kubectl: Kubectl, port: number): Promise<Forward> {
  const args = [IN_NAMESPACE, `deployment/${DASHBOARD.workload}`, `${port}:${DASHBOARD.port}`];
  const remedy = `${LOOK}, or choose another port with --port`;
  return kubectl.forward(args, { what: 'open a port to the dashboard', remedy });
}

function show({ out, now }: CliContext, { admin, minutes }: DashboardFlags, url: string, token: string): void {
  const end = new Date(now() + minutes * 60_000).toISOString().slice(11, 16);
  out.line(`The dashboard is at ${url}`);
  out.line(
    `The token to log in with may ${admin ? 'do everything' : 'look at everything but Secrets'} until ${end} UTC:`,
  );
  out.line();
  out.line(token);
  out.line();
  out.note('Ctrl-C closes it');
}

/** A convenience: where it does not work the address is there to be clicked. */
function openBrowser({ env }: CliContext, url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [url], { env: { ...env }, stdio: 'ignore', detached: true })
    .once('error', () => undefined)
    .unref();
}
