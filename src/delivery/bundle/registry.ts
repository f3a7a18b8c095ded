import { WorkError } from '../../support/problem.js';
import { sha256 } from '../../support/sha256.js';
import { type DownloadOptions, download, request } from './http.js';
import type { ImageReference } from './reference.js';

/** An entry of a manifest: what it is, and the digest and size it must have. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The manifest of one image for one platform. */
export interface ImageManifest {
  /** As the registry sent it: its digest is that of these bytes. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ACCEPT = [...INDEXES, ...MANIFESTS].join(', ');
/** The specification asks registries to take this much, and clients need not read more. */
const MAX_MANIFEST = 4 * 1024 * 1024;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads public images from a registry by the OCI distribution API, with the anonymous token a registry may ask for.
 * Sources: OCI distribution specification 1.1, "Pull"; distribution's "Token Authentication Specification".
 */
export class Registry {
  readonly #tokens = new Map<string, string>();

  /**
   * @param bases URLs that are asked in turn, mirrors first, such as `https://registry.k8s.io`.
   * @param send sends one request; `fetch` unless told.
   */
  constructor(
    readonly bases: readonly string[],
    readonly send: typeof fetch = fetch,
  ) {}

  /**
   * The manifest of an image for an architecture of Linux.
   *
   * @throws WorkError when no base has it, or what one gives is not what its digest says.
   */
  async manifest(image: ImageReference, arch: string): Promise<ImageManifest> {
    const first = await this.#document(image, image.reference);
    if (!INDEXES.includes(first.mediaType)) return readManifest(image, first);
    const { manifests = [] } = first.value as { manifests?: readonly (Descriptor & { platform?: Platform })[] };
    const chosen = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === arch);
    if (chosen === undefined || !DIGEST.test(chosen.digest)) {
      throw new WorkError(
        `${titleOf(image)} has no image for linux/${arch}`,
        'Choose machines or images that fit each other',
      );
    }
    return readManifest(image, await this.#document(image, chosen.digest));
  }

  /** Makes `part` a blob; what is there already is continued. The caller checks the digest. */
  async blob(image: ImageReference, digest: string, part: string): Promise<void> {
    await this.#eachBase(async (base) => {
      const url = `${base}/v2/${image.repository}/blobs/${digest}`;
      const send: typeof fetch = async (_url, init) => await this.#authorised(image, url, init ?? {});
      const options: DownloadOptions = { send };
      await download(url, part, options);
    });
  }

  async #document(image: ImageReference, reference: string): Promise<Document> {
    return await this.#eachBase(async (base) => {
      const url = `${base}/v2/${image.repository}/manifests/${reference}`;
      const response = await this.#authorised(image, url, { headers: { accept: ACCEPT } });
      if (!response.ok) {
        await response.body?.cancel();
        throw refused(image, url, response.status);
      }
      return await readDocument(image, reference, response);
    });
  }

  /** The first base that answers as it should; otherwise what went wrong at each. */
  async #eachBase<T>(ask: (base: string) => Promise<T>): Promise<T> {
    const failures: WorkError[] = [];
    for (const base of this.bases) {
      try {
        return await ask(base.replace(/\/+$/, ''));
      } catch (error) {
        if (!(error instanceof WorkError)) throw error;
        failures.push(error);
      }
    }
    const messages = failures.map(({ message }) => message).join('; ');
    throw new WorkError(messages, failures.at(-1)?.remedy ?? '', { cause: failures.at(-1) });
  }

  /** A request that gets itself a token when it is asked for one. */
  async #authorised(image: ImageReference, url: string, init: RequestInit): Promise<Response> {
    const scope = `${new URL(url).origin} ${image.repository}`;
    const attempt = async () => {
      const token = this.#tokens.get(scope);
      const headers = new Headers(init.headers);
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      return await request(url, { ...init, headers }, this.send);
    };
    const response = await attempt();
    if (response.status !== 401) return response;
    await response.body?.cancel();
    this.#tokens.set(scope, await this.#token(image, url, response.headers.get('www-authenticate') ?? ''));
    return await attempt();
  }

  async #token(image: ImageReference, url: string, challenge: string): Promise<string> {
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const realm = fields.get('realm') ?? '';
    // A token is a credential: where the registry is asked by TLS, so is who gives it.
    const sameCare = realm.startsWith('https://') || (url.startsWith('http://') && realm.startsWith('http://'));
    if (!/^bearer /i.test(challenge) || !sameCare) throw refused(image, url, 401);
    const address = new URL(realm);
    const service = fields.get('service');
    if (service !== undefined) address.searchParams.set('service', service);
    address.searchParams.set('scope', fields.get('scope') ?? `repository:${image.repository}:pull`);
    const response = await request(address.href, {}, this.send);
    const { token, access_token } = response.ok
      ? ((await response.json()) as { token?: unknown; access_token?: unknown })
      : {};
    const given = token ?? access_token;
    if (typeof given !== 'string') throw refused(image, url, 401);
    return given;
  }
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
}

interface Document {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: string;
  readonly value: Readonly<Record<string, unknown>>;
}

async function readDocument(image: ImageReference, reference: string, response: Response): Promise<Document> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const digest = `sha256:${sha256(bytes)}`;
  if (bytes.length > MAX_MANIFEST) throw unusable(image, 'its manifest is larger than 4 MiB');
  if (DIGEST.test(reference) && digest !== reference) {
    throw unusable(image, `its manifest should have the digest ${reference} and has ${digest}`);
  }
  const value = parseObject(bytes);
  if (value === undefined) throw unusable(image, 'its manifest is not JSON');
  const [header = ''] = (response.headers.get('content-type') ?? '').split(';', 1);
  const mediaType = typeof value.mediaType === 'string' ? value.mediaType : header.trim();
  return { bytes, mediaType, digest, value };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readManifest(image: ImageReference, { bytes, mediaType, digest, value }: Document): ImageManifest {
  const { config, layers } = value;
  if (
    !MANIFESTS.includes(mediaType) ||
    !isDescriptor(config) ||
    !Array.isArray(layers) ||
    !layers.every(isDescriptor)
  ) {
    throw unusable(image, `its manifest is of a kind that is not known (${mediaType || 'none named'})`);
  }
  return { bytes, mediaType, digest, config, layers };
}

/** Digests name files, so they are looked at before they are used. */
function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Record<string, unknown>;
  const sized = Number.isSafeInteger(size) && Number(size) >= 0;
  return typeof mediaType === 'string' && typeof digest === 'string' && DIGEST.test(digest) && sized;
}

function titleOf({ host, repository, reference }: ImageReference): string {
  return `${host}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

function refused(image: ImageReference, url: string, status: number): WorkError {
  const { host } = new URL(url);
  if (status === 429) {
    return new WorkError(
      `${host} takes no more requests for now (429) for ${titleOf(image)}`,
      'Run the command again later: it continues where it stopped',
    );
  }
  const remedy = 'Check the name and the registry; only images that need no account can be fetched';
  return new WorkError(`${host} answers ${status} for ${titleOf(image)}`, remedy);
}

function unusable(image: ImageReference, why: string): WorkError {
  return new WorkError(
    `${titleOf(image)} is refused: ${why}`,
    'Check the registry or its mirror, then run the command again',
  );
}
