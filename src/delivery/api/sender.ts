import { type RequestOptions, request } from 'node:https';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import { withDeadline } from '../../support/deadline.js';
import { inputError } from '../../support/problem.js';

/** What a client of the API needs, from a kubeconfig with everything embedded. PEM texts. */
export interface ApiCredentials {
  /** `https://host:port` */
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiCall {
  readonly method: 'GET' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** JSON unless told. */
  readonly accept?: string | undefined;
  readonly body?: { readonly type: string; readonly content: string } | undefined;
}

/**
 * Sends one call to the API server at `base` (`https://host:port`).
 * @throws Error of node:https or node:tls, with its `code`: the server does not answer or is not trusted.
 */
export type ApiSend = (base: string, call: ApiCall, signal?: AbortSignal) => Promise<ApiAnswer>;

/** An answer of another kind than was asked for, as an error with a `code` as those of node:https have. */
export function unexpectedStatus(path: string, status: number): Error & { readonly code: string } {
  return Object.assign(new Error(`${path} answers ${status}`), { code: `HTTP ${status}` });
}

/** Milliseconds for one answer. */
const PATIENCE = 5_000;
const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * Speaks to an API server with the kubeconfig's own certificate, and trusts the cluster's own authority and nobody
 * else. What changes a cluster goes through the gate beside this, and not by itself.
 *
 * @throws InputError when the certificate or its key cannot be used.
 */
export function apiSender(credentials: ApiCredentials, patience = PATIENCE): ApiSend {
  const secureContext = makeContext(credentials);
  return (base, call, signal) =>
    withDeadline(patience, signal, (ending) => exchange(new URL(call.path, base), call, secureContext, ending));
}

function exchange(
  url: URL,
  { method, accept = 'application/json', body }: ApiCall,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const type =
    body === undefined ? {} : { 'content-type': body.type, 'content-length': Buffer.byteLength(body.content) };
  const options: RequestOptions & Pick<ConnectionOptions, 'secureContext'> = {
    ...{ secureContext, method, signal, agent: false },
    headers: { accept, ...type },
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_BODY) sent.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body?.content);
  });
}

function makeContext({ ca, certificate, key }: ApiCredentials) {
  try {
    return createSecureContext({ ca, cert: certificate, key, minVersion: 'TLSv1.2' });
  } catch {
    // What OpenSSL says of a key is not repeated: it may quote it.
    const message = 'the certificate or key in the kubeconfig cannot be used';
    throw inputError('corrupt-kubeconfig', message, 'Run `ironkeel build --force` to have it written again');
  }
}
