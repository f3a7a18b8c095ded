import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface TestApiServer {
  readonly url: string;
  /** Subjects (CN) of the clients whose certificate was accepted, in the order of their requests. */
  readonly clients: readonly string[];
  close(): Promise<void>;
}

/**
 * Stands in for the API server on loopback: presents its certificate, takes only clients of the CA, and answers
 * what `kubectl get --raw /readyz` asks. Shows that the issued certificates work in a real TLS handshake.
 */
export async function startApiServer(pems: { ca: string; key: string; cert: string }): Promise<TestApiServer> {
  const clients: string[] = [];
  const options = { ...pems, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  const server = createServer(options, (request, response) => {
    clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    clients,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
