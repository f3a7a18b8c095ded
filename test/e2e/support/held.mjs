// Holds a WebSocket, with a message and its answer twice a second, and an upload that takes as long, to the lab's echo:
//   node held.mjs ADDRESS HOST SECONDS
// Says `begun` when both are under way, and at the end what became of them as JSON.
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [address, host, seconds] = process.argv.slice(2);
const CHUNK = randomBytes(4096);
const steps = Number(seconds) * 2;
const socket = await open();
const upload = startUpload();
console.log('begun');
const [messages, uploaded] = await Promise.all([talk(), upload]);
console.log(JSON.stringify({ messages, uploaded }));
process.exit();

function open() {
  const handshake = { 'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': randomBytes(16).toString('base64') };
  const headers = { host, Connection: 'Upgrade', Upgrade: 'websocket', ...handshake };
  return new Promise((resolve, reject) => {
    const asking = request({ host: address, headers });
    asking.on('upgrade', (_, upgraded) => resolve(upgraded));
    asking.on('response', ({ statusCode }) => reject(new Error(`no WebSocket: HTTP ${statusCode}`)));
    asking.on('error', reject);
    asking.end();
  });
}

/** Messages that came back over the one connection, of those sent. */
async function talk() {
  const result = { sent: 0, answered: 0, closed: false };
  let received = Buffer.alloc(0);
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
  });
  for (const event of ['close', 'error'])
    socket.on(event, () => {
      result.closed = true;
    });
  for (; result.sent < steps; result.sent += 1) {
    socket.write(`message ${result.sent}.`);
    await sleep(500);
  }
  for (let sent = 0; sent < steps; sent += 1) if (received.includes(`message ${sent}.`)) result.answered += 1;
  return result;
}

async function startUpload() {
  const headers = { host, 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' };
  const sending = request({ host: address, method: 'POST', headers });
  const answer = new Promise((resolve) => {
    sending.on('response', async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      resolve({ status: response.statusCode, same: response.statusCode === 200 && holds(text) });
    });
    sending.on('error', ({ message }) => resolve({ status: message, same: false }));
  });
  for (let step = 0; step < steps; step += 1) {
    sending.write(CHUNK);
    await sleep(500);
  }
  sending.end();
  return answer;
}

/** Whether the echo got the bytes that were sent. */
function holds(text) {
  const all = Buffer.concat(Array.from({ length: steps }, () => CHUNK));
  return JSON.parse(text).sha256 === createHash('sha256').update(all).digest('hex');
}
