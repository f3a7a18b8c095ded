import { basename } from 'node:path';
import { exampleInventory, type NewInventory, type NewMachine, newInventory, ROLES } from '../../inventory/index.js';
import { inputError } from '../../support/problem.js';
import { ask } from '../ask.js';
import type { InitFlags } from '../commands/init.js';
import type { CliContext } from '../context.js';
import { PUBLIC_KEY } from './ssh-key.js';

/** The text of the new cluster.yaml: an example, or what flags and answers say. */
export async function inventoryText(context: CliContext, flags: InitFlags, folder: string): Promise<string> {
  if (flags.example !== undefined) {
    refuseBesideExample(flags);
    return exampleInventory(flags.example);
  }
  const machines = (flags.machine ?? []).map(parseMachine);
  const given = { name: flags.name ?? nameFrom(folder), domain: flags.domain, machines, sshKeyFile: PUBLIC_KEY };
  const asks = context.interactive && !flags.yes && machines.length === 0;
  return newInventory(asks ? await askForMore(flags, given) : given);
}

/** An example is complete: what it would leave out of the command has to be said. */
function refuseBesideExample(flags: InitFlags): void {
  const given = (['name', 'machine', 'domain'] as const).filter((flag) => flags[flag] !== undefined);
  if (given.length === 0) return;
  const list = given.map((flag) => `--${flag}`).join(', ');
  const message = `${list} cannot go with --example, which has a name, machines and a domain of its own`;
  throw inputError('flags-exclude', message, 'Leave --example out, or change cluster.yaml afterwards');
}

async function askForMore(flags: InitFlags, given: NewInventory): Promise<NewInventory> {
  const name = flags.name ?? (await ask('Name of the cluster', given.name));
  const machines: NewMachine[] = [];
  for (;;) {
    const proposal = machines.length === 0 ? 'controller' : '';
    const machine = await ask(
      machines.length === 0 ? 'Name of the first machine, a controller' : 'Name of the next machine (empty: no more)',
      proposal,
    );
    if (machine === '') break;
    const ip = await ask(`  IP address of ${machine} (empty: DHCP)`);
    const role = machines.length === 0 ? 'controller' : await ask('  Role: controller, worker or edge', 'worker');
    machines.push({ name: machine, ip: ip === '' ? undefined : ip, role: parseRole(role) });
  }
  const domain = flags.domain ?? (await ask('A domain the edge machines serve (empty: none)'));
  return { ...given, name, machines, domain: domain === '' ? undefined : domain };
}

/** `NAME=IP[:ROLE]`, `NAME` for DHCP; the first machine is a controller unless told otherwise. */
function parseMachine(text: string, index: number): NewMachine {
  const match = /^([^=:]+)(?:=([^:]*))?(?::(\w+))?$/.exec(text);
  if (match === null) {
    throw inputError(
      'bad-machine',
      `${text} is no machine`,
      'Write NAME=IP or NAME=IP:ROLE, such as worker1=10.10.10.2',
      text,
    );
  }
  const [, name = '', ip, role] = match;
  return {
    name,
    ip: ip === '' ? undefined : ip,
    role: role === undefined ? (index === 0 ? 'controller' : undefined) : parseRole(role),
  };
}

function parseRole(text: string) {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw inputError('bad-role', `${text} is no role`, `Choose one of ${ROLES.join(', ')}`, text);
  return role;
}

/** The folder's name as an RFC 1123 label. */
function nameFrom(folder: string): string {
  const label = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'cluster' : label.slice(0, 63).replace(/-+$/, '');
}
