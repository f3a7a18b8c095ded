import { type ApiAnswer, type ApiCredentials, apiSender } from '../../delivery/api/sender.js';

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
