// Sends a datagram a second until one is answered, ten at most, and prints the answer: node datagram.mjs ADDRESS PORT
// Connected, so that an answer from another address than the asked one is none.
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

const [address, port] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('message', (answer) => {
  console.log(answer.toString());
  process.exit(0);
});
socket.connect(Number(port), address);
await new Promise((connected) => socket.once('connect', connected));
for (let tries = 0; tries < 10; tries += 1) {
  socket.send('hello');
  await sleep(1000);
}
console.error('no answer');
process.exit(1);
