import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { tarArchive } from '../../../artifacts/tar.js';
import { sha256 } from '../../../support/sha256.js';

const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** What the registry does with the next requests for a path, in turn. */
export type Misbehaviour = { readonly cutAfter: number } | { readonly send: string } | { readonly status: number };

/**
 * A registry on the loopback address that speaks as much of the OCI distribution API as a pull takes, byte ranges
 * included, and hands blobs out by redirection.
 */
export class RegistryServer {
  /** `METHOD PATH range`, in the order they came. */
  readonly requests: string[] = [];
  readonly plans = new Map<string, Misbehaviour[]>();
  /** Whether a pull needs a token, as at public registries. */
  askForToken = true;
  readonly #documents = new Map<string, { readonly type: string; readonly bytes: Uint8Array }>();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<RegistryServer> {
    const it = new RegistryServer();
    await new Promise<void>((resolve) => it.#server.listen(0, '127.0.0.1', resolve));
    return it;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Puts an image there, with a manifest for each architecture; gives their digests. */
  push(repository: string, tag: string, architectures: readonly string[]): Record<string, string> {
    const manifests = architectures.map((architecture) => {
      const program = {
        path: 'bin/program',
        mode: 0o755,
        content: Buffer.from(`${repository} ${architecture}\n`.repeat(9000)),
      };
      const tar = tarArchive([program]);
      const layer = this.#blob(TYPES.layer, gzipSync(tar, { level: 0 }));
      const rootfs = { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] };
      const config = this.#blob(TYPES.config, encode({ architecture, os: 'linux', rootfs, config: {} }));
      const manifest = { schemaVersion: 2, mediaType: TYPES.manifest, config, layers: [layer] };
      return {
        ...this.#document(repository, TYPES.manifest, encode(manifest)),
        platform: { os: 'linux', architecture },
      };
    });
    const attestation = { ...manifests[0], platform: { os: 'unknown', architecture: 'unknown' } };
    const index = { schemaVersion: 2, mediaType: TYPES.index, manifests: [attestation, ...manifests] };
    this.#document(repository, TYPES.index, encode(index), tag);
    return Object.fromEntries(manifests.map(({ digest, platform }) => [platform.architecture, digest]));
  }

  #blob(mediaType: string, bytes: Uint8Array) {
    const digest = `sha256:${sha256(bytes)}`;
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  #document(repository: string, type: string, bytes: Uint8Array, tag?: string) {
    const digest = `sha256:${sha256(bytes)}`;
    for (const name of [digest, tag]) this.#documents.set(`/v2/${repository}/manifests/${name}`, { type, bytes });
    return { mediaType: type, digest, size: bytes.length };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search, searchParams } = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${pathname}${search} ${request.headers.range ?? ''}`.trim());
    const plan = this.plans.get(pathname)?.shift();
    if (plan !== undefined && 'status' in plan) return void response.writeHead(plan.status).end();
    if (pathname === '/token') return void response.end(JSON.stringify({ token: `for ${searchParams.get('scope')}` }));
    if (pathname.startsWith('/store/')) return void this.#sendBlob(request, response, pathname.slice(7), plan);
    const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    if (this.askForToken && request.headers.authorization !== `Bearer for ${scope}`) {
      const challenge = `Bearer realm="${this.url}/token",service="test registry",scope="${scope}"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    if (kind === 'blobs') return void response.writeHead(307, { location: `/store/${name}` }).end();
    const document = this.#documents.get(pathname);
    if (document === undefined) return void response.writeHead(404).end();
    const bytes = plan !== undefined && 'send' in plan ? plan.send : document.bytes;
    response.writeHead(200, { 'content-type': document.type }).end(bytes);
  }

  #sendBlob(request: IncomingMessage, response: ServerResponse, digest: string, plan: Misbehaviour | undefined): void {
    const blob = this.#blobs.get(digest);
    if (blob === undefined) return void response.writeHead(404).end();
    if (plan !== undefined && 'send' in plan) return void response.end(plan.send);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': blob.length - start });
    const rest = blob.subarray(start);
    if (plan === undefined || !('cutAfter' in plan)) return void response.end(rest);
    response.write(rest.subarray(0, plan.cutAfter), () => {
      // What came before a cut counts only when it had the time to be read.
      setTimeout(() => response.destroy(), 300);
    });
  }
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
