import { type ApiAnswer, type ApiCredentials, apiSender, unexpectedStatus } from '../../delivery/api/sender.js';
import { type Json, record } from './json.js';

export type { ApiAnswer };

/**
 * Asks the API server at `base` (`https://host:port`) for a path.
 * @param accept JSON unless told.
 * @throws Error of node:https or node:tls, with its `code`: the server does not answer or is not trusted.
 */
export type ApiGet = (base: string, path: string, signal?: AbortSignal, accept?: string) => Promise<ApiAnswer>;

/**
 * A client that reads and cannot do anything else, with the kubeconfig's own certificate.
 *
 * @throws InputError when the certificate or its key cannot be used.
 */
export function apiClient(credentials: ApiCredentials, patience?: number): ApiGet {
  const send = apiSender(credentials, patience);
  return (base, path, signal, accept) => send(base, { method: 'GET', path, accept }, signal);
}

/**
 * Reads an object, or a list of them.
 * @throws Error of the client, or with a code such as `HTTP 403`: the API does not answer, or not with 200.
 */
export async function readObject(get: ApiGet, base: string, path: string, signal?: AbortSignal): Promise<Json> {
  const { status, body } = await get(base, path, signal);
  if (status !== 200) throw unexpectedStatus(path, status);
  return record(JSON.parse(body));
}
