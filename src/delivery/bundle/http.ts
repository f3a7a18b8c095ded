import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WorkError } from '../../support/problem.js';

/** How long a publisher may be silent. */
const STALL = 60_000;
/** Attempts that made no headway, in a row. */
const ATTEMPTS = 3;
/** As containerd has it: what is on this computer needs no certificate. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const CONTINUE = 'Run the command again: it continues where it stopped';

export interface DownloadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends one request; `fetch` unless told. */
  readonly send?: typeof fetch;
}

/** Where a mirror has what its publisher has at `HOST/PATH`. */
export function onMirror(mirror: string, path: string): string {
  return `${mirror.replace(/\/+$/, '')}/${path}`;
}

/** Whether a host, with or without a port, is this computer. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * One request, its failure in plain words.
 *
 * @throws WorkError when the host is not reached.
 */
export async function request(url: string, init: RequestInit = {}, send: typeof fetch = fetch): Promise<Response> {
  try {
    return await send(url, init);
  } catch (error) {
    if (error instanceof WorkError) throw error;
    throw new WorkError(`${new URL(url).host} cannot be reached: ${reason(error)}`, remedyOf(error), { cause: error });
  }
}

/**
 * Makes `part` the whole of what a URL gives, continuing what is there already; a cut download is continued by
 * itself as long as there is headway.
 *
 * @throws WorkError when the host is not reached, answers an error, or stops sending.
 */
export async function download(url: string, part: string, options: DownloadOptions = {}): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = sizeOf(part);
    try {
      await downloadRest(url, part, before, options);
      return;
    } catch (error) {
      if (error instanceof WorkError) throw error;
      failures = sizeOf(part) > before ? 0 : failures + 1;
      if (failures < ATTEMPTS) continue;
      throw new WorkError(`the download of ${url} was cut: ${reason(error)}`, CONTINUE, { cause: error });
    }
  }
}

async function downloadRest(url: string, part: string, start: number, options: DownloadOptions): Promise<void> {
  const stalled = new AbortController();
  const range = start > 0 ? { range: `bytes=${start}-` } : {};
  // As it is: of something compressed on the way neither the length nor a part would be the file's.
  const headers = { 'accept-encoding': 'identity', ...options.headers, ...range };
  const response = await request(url, { headers, signal: stalled.signal }, options.send);
  if (response.status === 416) {
    await response.body?.cancel();
    return; // it is whole, or too long: the checksum tells
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new WorkError(
      `${new URL(url).host} answers ${response.status} for ${url}`,
      'Check that the version exists and that you may fetch it, then run the command again',
    );
  }
  const flags = response.status === 206 ? 'a' : 'w';
  await pipeline(Readable.fromWeb(response.body as never), watch(stalled), createWriteStream(part, { flags }));
}

/** Gives up on a connection that sends nothing any more. */
function watch(stalled: AbortController): Transform {
  const giveUp = () => stalled.abort(new Error(`nothing came for ${STALL / 1000} s`));
  let timer = setTimeout(giveUp, STALL);
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, STALL);
  };
  return new Transform({
    transform(chunk, _encoding, done) {
      rest();
      done(null, chunk);
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
    flush(done) {
      clearTimeout(timer);
      done();
    },
  });
}

/** SHA-256 of a file in hex; undefined when there is none. The file is read piece by piece. */
export async function fileSha256(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

/** Bytes of a file; 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What lies below `fetch failed`. */
function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message;
}

function remedyOf(error: unknown): string {
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (/CERT|TLS|SSL/.test(code))
    return 'Check the clock and the certificates of this computer, then run the command again';
  return 'Check the network (behind a proxy: Node.js 24 with NODE_USE_ENV_PROXY=1), then run the command again: it continues where it stopped';
}
