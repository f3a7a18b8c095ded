import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileHash, type OutputFolder, type RecordedInputs, saveIndex } from '../../delivery/index.js';
import { listCertificates } from '../../pki/index.js';
import { ENCRYPTED_SECRETS_FILE, SECRETS_FILE } from '../../secrets/index.js';
import { DAY, type Instant } from '../../support/clock.js';
import type { CliContext } from '../context.js';
import { inputHashes } from '../inventory.js';
import type { Preparation } from './prepare.js';
import { toolIdentity } from './unchanged.js';

/** Writes the index of a finished build. One of some machines records no inputs: the next has to look again. */
export function recordBuild(
  context: CliContext,
  preparation: Preparation,
  output: OutputFolder,
  lock: string,
  now: Instant,
): void {
  const { paths, loaded, names } = preparation;
  saveIndex(paths.folder, {
    version: 1,
    inputs: names === undefined ? recordInputs(context, preparation, now) : undefined,
    cluster: loaded.cluster.name,
    machines: loaded.cluster.machines.map(({ name }) => name),
    lock,
    warnings: loaded.warnings,
    files: output.indexedFiles(),
  });
}

function recordInputs(context: CliContext, preparation: Preparation, now: Instant): RecordedInputs {
  const { folder, inventory } = preparation.paths;
  const secretFiles = [SECRETS_FILE, ENCRYPTED_SECRETS_FILE].map((name) => join(folder, name));
  const hashes = secretFiles.filter((path) => existsSync(path)).map((path) => [path, fileHash(path)]);
  return {
    tool: toolIdentity(context),
    inventory,
    files: { ...inputHashes(inventory, preparation.loaded), ...Object.fromEntries(hashes) },
    renewAt: nextRenewal(preparation, now),
  };
}

/** When the next certificate comes due; those that are past it have been judged not worth a new one. */
function nextRenewal({ plan, issued }: Preparation, now: Instant): Instant {
  const margin = plan.cluster.certificates.renewBeforeDays * DAY;
  const due = listCertificates(plan, issued.secrets).map(({ notAfter }) => notAfter - margin);
  return due.filter((instant) => instant > now).reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
}
