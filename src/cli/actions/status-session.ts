import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadLock } from '../../delivery/index.js';
import {
  apiClient,
  type Expectation,
  expectationOf,
  type Probes,
  readKubeconfig,
  systemSsh,
} from '../../diagnose/index.js';
import type { LoadedInventory } from '../../inventory/index.js';
import { planCluster } from '../../plan/index.js';
import { inputError } from '../../support/problem.js';
import { type CliContext, clusterPaths, displayPath } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';
import { notBuilt } from '../not-built.js';

/** All that asking a cluster takes. */
export interface Session {
  readonly folder: string;
  readonly expectation: Expectation;
  readonly probes: Probes;
}

/**
 * Prepares to ask the cluster of a folder, from what `ironkeel build` wrote there.
 *
 * @throws InputError when the inventory has problems, nothing was built, or the identity cannot be read.
 */
export async function openSession(
  context: CliContext,
  flags: GlobalFlags & { readonly identity?: string | undefined },
): Promise<Session> {
  const { folder, inventory } = clusterPaths(context, flags);
  const loaded = await readInventory(context, flags);
  const lock = loadLock(folder);
  if (lock === undefined) throw notBuilt(context, join(folder, 'ironkeel.lock'));
  const kubeconfig = join(folder, 'kubeconfig');
  const knownHosts = join(folder, 'known_hosts');
  for (const path of [kubeconfig, knownHosts]) if (!existsSync(path)) throw notBuilt(context, path);
  const credentials = readKubeconfig(readFileSync(kubeconfig, 'utf8'), displayPath(context, kubeconfig));
  const given = flags.identity === undefined ? undefined : readableIdentity(resolve(context.cwd, flags.identity));
  return {
    folder,
    expectation: expectationOf(planCluster(loaded.cluster), lock),
    probes: {
      // With a key that was named, an agent full of others does not use up the machine's patience.
      ssh: systemSsh({
        knownHosts,
        identities: given === undefined ? ownIdentities(inventory, loaded) : [given],
        identitiesOnly: given !== undefined,
      }),
      api: apiClient(credentials),
      endpoint: credentials.server,
      now: context.now,
    },
  };
}

function readableIdentity(path: string): string {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch {
    throw inputError(
      'no-identity',
      `cannot read the SSH key ${path}`,
      'Give the path of a private key with --identity',
    );
  }
}

/** Private halves that lie beside the public keys the inventory names, such as `id` beside `id.pub`. */
function ownIdentities(inventory: string, { inputs }: LoadedInventory): string[] {
  return inputs
    .filter(({ path }) => path.endsWith('.pub'))
    .map(({ path }) => resolve(dirname(inventory), path.slice(0, -'.pub'.length)))
    .filter((path) => existsSync(path));
}
