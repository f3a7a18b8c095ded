import { type RequestOptions, request } from 'node:https';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { inputError } from '../../support/problem.js';
import type { ApiCredentials } from './kubeconfig.js';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks the API server at `base` (`https://host:port`) for a path.
 * @throws Error of node:https or node:tls, with its `code`: the server does not answer or is not trusted.
 */
export type ApiGet = (base: string, path: string, signal?: AbortSignal) => Promise<ApiAnswer>;

/** Milliseconds for one answer. */
const DEADLINE = 5_000;
const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * A client with the kubeconfig's own certificate that trusts the cluster's own authority and nobody else.
 *
 * @throws InputError when the certificate or its key cannot be used.
 */
export function apiClient(credentials: ApiCredentials, deadline = DEADLINE): ApiGet {
  const secureContext = makeContext(credentials);
  return (base, path, signal) => {
    const url = new URL(path, base);
    const stop = AbortSignal.timeout(deadline);
    const options: RequestOptions & Pick<ConnectionOptions, 'secureContext'> = {
      secureContext,
      agent: false,
      headers: { accept: 'application/json' },
      signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
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
      sent.end();
    });
  };
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
