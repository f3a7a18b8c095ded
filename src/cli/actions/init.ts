import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder, writeFileAtomically } from '../../delivery/index.js';
import { parseInventory, SCHEMA_FILE } from '../../inventory/index.js';
import { InputError, inputError, type SourceSpan } from '../../support/problem.js';
import type { InitFlags } from '../commands/init.js';
import { type CliContext, clusterPaths, displayPath } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { inventoryText } from '../init/inventory-text.js';
import { findSshKey, PRIVATE_KEY, PUBLIC_KEY, type SshKeySource } from '../init/ssh-key.js';
import { catalogue } from '../inventory.js';
import { schemaText } from './schema.js';

/** What must not be committed: keys, and what holds them. `secrets.json.age` may be. */
const IGNORED = ['secrets.json', 'ssl/', 'inventory/', 'kubeconfig', PRIVATE_KEY, '.ironkeel/', '*.iso', '*.img'];

/** Begins a cluster in a folder. Nothing is written before everything is known to be usable. */
export default async function init(context: CliContext, flags: InitFlags & GlobalFlags, dir?: string): Promise<void> {
  const folder = resolve(clusterPaths(context, flags).folder, dir ?? '.');
  const inventory = resolve(folder, flags.inventory ?? 'cluster.yaml');
  refuseExisting(context, inventory);
  const key = findSshKey(context, folder, flags.sshKey);
  const text = await inventoryText(context, flags, folder);
  const publicKey = key === undefined ? readFileSync(join(folder, PUBLIC_KEY)) : Buffer.from(key.publicKey);
  refuseUnusable(context, text, displayPath(context, inventory), publicKey);
  makeFolder(folder, 0o755);
  if (key !== undefined) writeKey(folder, key);
  writeFileAtomically(join(folder, SCHEMA_FILE), Buffer.from(schemaText(context)), 0o644);
  writeIgnoreFile(join(folder, '.gitignore'));
  writeFileAtomically(inventory, Buffer.from(text), 0o644);
  tellNext(context, { folder, inventory, key });
}

function refuseExisting(context: CliContext, inventory: string): void {
  if (!existsSync(inventory)) return;
  throw inputError(
    'exists',
    `${displayPath(context, inventory)} is there already, and is left as it is`,
    'Name another folder (`ironkeel init DIR`), or add to it with `ironkeel machine add`',
  );
}

/** Names and addresses from flags and answers are checked as those of a file are; only machines may come later. */
function refuseUnusable(context: CliContext, text: string, file: string, publicKey: Buffer): void {
  const { problems } = parseInventory(text, file, { ...catalogue(context), readFile: () => ({ content: publicKey }) });
  const empty = hasNoMachines(text);
  const errors = problems.filter(({ severity, source }) => severity === 'error' && !(empty && isAboutMachines(source)));
  if (errors.length > 0) throw new InputError(errors);
}

function hasNoMachines(text: string): boolean {
  return text.includes('machines: []');
}

function isAboutMachines(source: SourceSpan | undefined): boolean {
  return source?.text.startsWith('machines:') ?? true;
}

/** `id` was checked to be absent; a public key that was named replaces an earlier copy. */
function writeKey(folder: string, key: SshKeySource): void {
  if (key.privateKey !== undefined) {
    writeFileAtomically(join(folder, PRIVATE_KEY), Buffer.from(key.privateKey), 0o600, { durable: true });
  }
  writeFileAtomically(join(folder, PUBLIC_KEY), Buffer.from(key.publicKey), 0o644, { durable: true });
}

/** Lines of the user's own stay; missing ones are added at the end. */
function writeIgnoreFile(path: string): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const present = new Set(before.split(/\r?\n/).map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !present.has(line));
  if (missing.length === 0) return;
  const start = before === '' || before.endsWith('\n') ? before : `${before}\n`;
  const added = ['# Private keys, and what holds them (Ironkeel).', ...missing].join('\n');
  writeFileAtomically(path, Buffer.from(`${start}${added}\n`), 0o644);
}

interface Begun {
  readonly folder: string;
  readonly inventory: string;
  readonly key: SshKeySource | undefined;
}

function tellNext(context: CliContext, { folder, inventory, key }: Begun): void {
  const { out } = context;
  out.line(`wrote ${displayPath(context, inventory)}, ${SCHEMA_FILE} (for editors) and .gitignore`);
  out.line(key?.note ?? `${PUBLIC_KEY} was there already`);
  const empty = hasNoMachines(readFileSync(inventory, 'utf8'));
  const change = folder === context.cwd ? '' : `\`cd ${displayPath(context, folder)}\`, `;
  const next = empty
    ? 'add machines: `ironkeel machine add NAME IP --role controller`'
    : 'look cluster.yaml over, then `ironkeel build`';
  out.line(`Next: ${change}${next}`);
  out.result({ inventory, folder, sshKey: key?.note ?? 'present', keyPairMade: key?.privateKey !== undefined });
}
