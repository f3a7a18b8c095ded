import { connect } from 'node:net';
import type { PortState } from './types.js';

/** Milliseconds to wait for a connection: what drops packets is silent for ever. */
const PATIENCE = 2_000;

/** Whether something takes connections at a port. Sends nothing. Never rejects. */
export function probePort(address: string, port: number, patience = PATIENCE): Promise<PortState> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (state: PortState) => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(patience, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => end(STATES[code] ?? 'unreachable'));
  });
}

const STATES: Readonly<Record<string, PortState>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'silent',
};
