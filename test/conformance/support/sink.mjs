// What an upload goes to: says how many bytes came and their SHA-256. node sink.mjs ADDRESS PORT
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);
const server = createServer((request, response) => {
  const hash = createHash('sha256');
  let bytes = 0;
  request.on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  request.on('end', () => response.end(JSON.stringify({ bytes, sha256: hash.digest('hex') })));
});
// Not to be what ends a slow upload.
server.requestTimeout = 0;
server.listen(Number(port), address);
