// A WebSocket as far as a proxy sees it: `serve PORT` upgrades whoever asks and sends back what it gets; `hold ADDRESS
// HOST` is upgraded, says so, and with every line of its input sends one and prints what comes back.
import { createServer, request } from 'node:http';
import { createInterface } from 'node:readline';

const [mode, where, host] = process.argv.slice(2);
const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket' };
if (mode === 'serve') {
  const server = createServer((_, response) => response.end());
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  server.listen(Number(where));
} else {
  const asking = request({ host: where, port: 80, headers: { ...upgrade, Host: host } });
  asking.on('error', ({ message }) => console.log(`error ${message}`));
  asking.on('response', ({ statusCode }) => console.log(`refused ${statusCode}`));
  asking.on('upgrade', (_, socket) => {
    console.log('open');
    socket.on('data', (data) => console.log(`got ${data}`));
    socket.on('close', () => console.log('closed'));
    createInterface({ input: process.stdin }).on('line', (line) => socket.write(line));
  });
  asking.end();
}
