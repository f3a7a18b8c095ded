import { expect, it } from 'vitest';
import { readExternalEtcd } from './external-etcd.js';

const ENDPOINT = 'https://etcd.lan:2379';
const HEALTH = `[{"endpoint":"${ENDPOINT}","health":false,"took":"2s","error":"context deadline exceeded"}]`;

/** The line that etcdctl logs of a member it cannot ask. */
function logged(why: string): string {
  const error = `rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = "transport: ${why}"`;
  return JSON.stringify({ level: 'warn', target: 'etcd-endpoints://0x31da7a64a5a0/etcd.lan:2379', error });
}

it.each([
  ['Error while dialing: dial tcp 10.0.0.9:2379: connect: connection refused', 'it refuses the connection'],
  ['Error while dialing: dial tcp 10.0.0.9:2379: connect: no route to host', 'there is no route to it'],
  ['Error while dialing: dial tcp: lookup etcd.lan on 10.0.0.1:53: no such host', 'its name is not known'],
  [
    'authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'its certificate is not accepted: certificate signed by unknown authority',
  ],
  ['authentication handshake failed: remote error: tls: bad certificate', 'it does not accept the client certificate'],
  ['something new', 'something new'],
])('%s: %s', (why, reason) => {
  const lines = [logged(why), HEALTH, 'Error: unhealthy cluster', ''];
  expect(readExternalEtcd(lines)).toEqual([{ endpoint: ENDPOINT, healthy: false, reason }]);
});

it('is silent where no line tells more', () => {
  expect(readExternalEtcd([HEALTH])).toMatchObject([{ reason: 'it does not answer in time' }]);
});

it('reads members that answer, and nothing of what makes no sense', () => {
  const well = `[{"endpoint":"${ENDPOINT}","health":true,"took":"3ms"}]`;
  expect(readExternalEtcd([well])).toEqual([{ endpoint: ENDPOINT, healthy: true }]);
  expect(readExternalEtcd(['null', '{', '3', '[1'])).toEqual([]);
});
