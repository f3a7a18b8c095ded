import type { Cause } from '../types.js';
import type { ApiGet } from './client.js';
import { explainApiAnswer, explainApiFailure } from './failure.js';
import { type ClusterView, readClusterView } from './view.js';

/** One API server, or the endpoint that stands for all of them. */
export interface ApiServer {
  readonly url: string;
  readonly ready: boolean;
  /** Why not. */
  readonly failure?: Cause | undefined;
}

/** What came of asking the API. */
export interface ApiObservation {
  /** What the kubeconfig names. */
  readonly endpoint: ApiServer;
  /** By machine name; controllers whose address nobody knows are left out. */
  readonly controllers: ReadonlyMap<string, ApiServer>;
  readonly view?: ClusterView | undefined;
  /** Why there is no view, though an API server is ready. */
  readonly failure?: Cause | undefined;
}

/**
 * Asks the endpoint and each controller whether they are ready, and one that is for the cluster. Never rejects.
 * @param controllers base URL by machine name.
 */
export async function probeApi(
  endpoint: string,
  controllers: ReadonlyMap<string, string>,
  get: ApiGet,
  signal?: AbortSignal,
): Promise<ApiObservation> {
  const urls = [...new Set([endpoint, ...controllers.values()])];
  const servers = new Map(
    await Promise.all(urls.map(async (url) => [url, await probeServer(url, get, signal)] as const)),
  );
  const server = (url: string): ApiServer => servers.get(url) ?? { url, ready: false };
  const observation = {
    endpoint: server(endpoint),
    controllers: new Map([...controllers].map(([name, url]) => [name, server(url)])),
  };
  const source = urls.find((url) => server(url).ready);
  if (source === undefined) return observation;
  try {
    return { ...observation, view: await readClusterView(get, source, signal) };
  } catch (error) {
    return { ...observation, failure: explainApiFailure(source, error) };
  }
}

async function probeServer(url: string, get: ApiGet, signal: AbortSignal | undefined): Promise<ApiServer> {
  try {
    const { status, body } = await get(url, '/readyz?verbose', signal);
    return status === 200 ? { url, ready: true } : { url, ready: false, failure: explainApiAnswer(url, status, body) };
  } catch (error) {
    return { url, ready: false, failure: explainApiFailure(url, error) };
  }
}
