// Asks every path of every host once: node crowd.mjs ADDRESS HOST,HOST,… PATH,PATH,… Prints how often which HTTP status came.
import { Agent, request } from 'node:http';

const AT_ONCE = 10;
const [address, hosts, paths] = process.argv.slice(2);
const asked = hosts.split(',').flatMap((host) => paths.split(',').map((path) => ({ host, path })));
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const counts = {};
for (const status of await Promise.all(asked.map(statusOf))) counts[status] = (counts[status] ?? 0) + 1;
agent.destroy();
console.log(JSON.stringify(counts));

/** HTTP's status, or what went wrong. */
function statusOf({ host, path }) {
  return new Promise((resolve) => {
    const sent = request({ host: address, path, headers: { host }, agent, timeout: 20_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', ({ code, message }) => resolve(code ?? message));
    sent.end();
  });
}
