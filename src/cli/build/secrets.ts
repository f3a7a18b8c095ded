import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../inventory/types.js';
import { loadSecrets, mintSecrets, type StoredSecrets, type Unlock } from '../../secrets/index.js';
import type { Instant } from '../../support/clock.js';
import { inputError } from '../../support/problem.js';
import { LOCK_PATH } from './history.js';

export interface FoundSecrets extends StoredSecrets {
  /** Made just now, and not saved yet. */
  readonly minted: boolean;
}

/**
 * The cluster's secrets, or new ones for a folder that has built nothing yet.
 *
 * @throws InputError as `loadSecrets`, and when the secrets are missing although something was built from them:
 * new authorities would lock the running machines out.
 */
export async function findSecrets(
  folder: string,
  cluster: Cluster,
  unlock: Unlock,
  now: Instant,
): Promise<FoundSecrets> {
  const stored = await loadSecrets(folder, unlock);
  if (stored !== undefined) return { ...stored, minted: false };
  refuseLostSecrets(folder);
  const { name, domains, certificates } = cluster;
  const options = { ...certificates, clusterName: name, domains: domains.map((domain) => domain.name) };
  return { secrets: mintSecrets(options, now), storage: { mode: 'plain' }, minted: true };
}

function refuseLostSecrets(folder: string): void {
  const built = [LOCK_PATH, 'inventory', 'ssl'].filter((name) => existsSync(join(folder, name)));
  if (built.length === 0) return;
  throw inputError(
    'secrets-missing',
    `secrets.json is missing, but ${built.join(', ')} ${built.length === 1 ? 'was' : 'were'} made from it`,
    `Restore secrets.json (or secrets.json.age) from your backup; or, to begin a new cluster that no machine of the old one trusts, move ${built.join(', ')} away`,
  );
}
