import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with the next requests for a path, in turn; after that it serves whole. */
export type Misbehaviour = { readonly cutAfter: number } | { readonly status: number } | { readonly send: Uint8Array };

/** A publisher on the loopback address that knows byte ranges and misbehaves as told. */
export class FileServer {
  /** `METHOD PATH range`, in the order they came. */
  readonly requests: string[] = [];
  readonly files = new Map<string, Uint8Array>();
  readonly plans = new Map<string, Misbehaviour[]>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async start(): Promise<FileServer> {
    const it = new FileServer();
    await new Promise<void>((resolve) => it.server.listen(0, '127.0.0.1', resolve));
    return it;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    this.requests.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim());
    const plan = this.plans.get(path)?.shift();
    const content = plan !== undefined && 'send' in plan ? plan.send : this.files.get(path);
    if (plan !== undefined && 'status' in plan) response.writeHead(plan.status).end('no\n');
    else if (content === undefined) response.writeHead(404).end('no such file\n');
    else
      sendRange(
        response,
        content,
        request.headers.range,
        plan !== undefined && 'cutAfter' in plan ? plan.cutAfter : undefined,
      );
  }
}

function sendRange(response: ServerResponse, content: Uint8Array, range: string | undefined, cutAfter?: number): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (start > 0 && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const rest = content.subarray(start);
  const headers = { 'content-length': rest.length, 'accept-ranges': 'bytes' };
  const ranged = { ...headers, 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? ranged : headers);
  if (cutAfter === undefined) response.end(rest);
  else response.write(rest.subarray(0, cutAfter), () => response.destroy());
}
