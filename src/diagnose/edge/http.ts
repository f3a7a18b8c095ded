import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { withDeadline } from '../../support/deadline.js';
import type { HttpAnswer } from './types.js';

/** A request to one machine by its address, whatever DNS says of the host. */
export interface HttpQuestion {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  /** The authorities that are trusted; undefined for one whose certificate is not looked at here; `plain` for no TLS. */
  readonly tls: 'plain' | 'unchecked' | { readonly ca: readonly string[] };
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Milliseconds for a whole answer. */
const PATIENCE = 5_000;
const LARGEST_BODY = 64 * 1024;

/** Asks once, on a connection of its own. Never rejects. */
export function askHttp(question: HttpQuestion, patience = PATIENCE): Promise<HttpAnswer> {
  return withDeadline(patience, undefined, (signal) => exchange(question, signal));
}

function exchange({ address, port, host, path, tls, headers }: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
  const options: RequestOptions = {
    ...{ host: address, port, path, signal, agent: false, setHost: false },
    headers: { ...headers, host, 'user-agent': 'ironkeel', connection: 'close' },
  };
  const trust = typeof tls === 'object' ? { ca: [...tls.ca] } : { rejectUnauthorized: false };
  return new Promise((resolve) => {
    const read = (response: IncomingMessage) => resolve(readAnswer(response));
    const sent =
      tls === 'plain' ? httpRequest(options, read) : httpsRequest({ ...options, ...trust, servername: host }, read);
    sent.on('error', (error) => resolve({ status: 0, body: '', failure: failureCode(error) }));
    sent.end();
  });
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= LARGEST_BODY) break;
    }
  } catch (error) {
    return { status: 0, body: '', failure: failureCode(error) };
  }
  const body = Buffer.concat(chunks).subarray(0, LARGEST_BODY).toString('utf8');
  return { status, location: headers.location, body };
}

/** The code of Node or OpenSSL; its message where there is none. */
export function failureCode(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return 'ETIMEDOUT';
  return code ?? message ?? String(error);
}

/** Whether an answer sends the client on to the same host by HTTPS. */
export function isUpgrade({ status, location }: HttpAnswer, host: string): boolean {
  return status >= 301 && status <= 308 && location?.startsWith(`https://${host}/`) === true;
}
