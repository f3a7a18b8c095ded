import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';

/**
 * Serves the files below a folder by HTTP, continued downloads too (RFC 9110, section 14). It lists no folder and takes
 * nothing in.
 */
export function mirrorServer(folder: string): Server {
  return createServer((request, response) => serve(folder, request, response));
}

function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const path = requestedPath(folder, request.url ?? '');
  const size = path === undefined ? undefined : fileSize(path);
  const range = size === undefined ? undefined : parseRange(request.headers.range, size);
  if (request.method !== 'GET' && request.method !== 'HEAD') end(response, 405);
  else if (path === undefined || size === undefined) end(response, 404);
  else if (range === 'unsatisfiable') end(response, 416, { 'content-range': `bytes */${size}` });
  else send(request, response, path, size, range);
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  size: number,
  range: ByteRange | undefined,
): void {
  const { first, last } = range ?? { first: 0, last: size - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': last - first + 1,
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start: first, end: last });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Undefined for what is no path below the folder. */
function requestedPath(folder: string, url: string): string | undefined {
  try {
    const path = normalize(decodeURIComponent(url.split('?')[0] ?? ''));
    return path.startsWith('/') && !path.includes('\0') ? join(folder, path) : undefined;
  } catch {
    return undefined;
  }
}

function fileSize(path: string): number | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** One range from a first byte on, which is what continued downloads ask for; others are answered with the whole. */
function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first > last ? 'unsatisfiable' : { first, last };
}
