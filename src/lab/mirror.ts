import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePort } from './network.js';
import { MIRROR_PORT } from './overlay.js';
import { endProcess, livingProcess, signalProcess } from './process-record.js';
import { waitUntil } from './run.js';
import { startService } from './service.js';
import { routerNamespace } from './topology.js';
import type { Lab } from './types.js';

/** Starts the mirror inside the router, unless it serves that folder already or there is nothing to serve. @throws WorkError when it does not come up. */
export async function startMirror({ plan, folder, bundle }: Lab): Promise<void> {
  const record = join(folder, 'mirror.pid');
  if (bundle === undefined) return endProcess(record);
  const served = join(folder, 'mirror.folder');
  const before = existsSync(served) ? readFileSync(served, 'utf8') : undefined;
  const running = livingProcess(record);
  if (running !== undefined && before === bundle) return;
  // Its port is free once it is gone.
  if (running !== undefined) signalProcess(running.pid, 'SIGKILL');
  await waitUntil(10, () => livingProcess(record) === undefined);
  writeFileSync(served, bundle);
  const program = fileURLToPath(new URL('mirror-server.js', import.meta.url));
  const router = routerNamespace(plan);
  const log = join(folder, 'mirror.log');
  const server = [process.execPath, program, bundle, String(MIRROR_PORT)];
  startService(record, log, ['nsenter', `--net=/run/netns/${router}`, ...server]);
  await requirePort(router, MIRROR_PORT, 'the mirror', log);
}
