// A client that asks again, at the next of its addresses, until it is answered: node requests.mjs HOST COUNT ADDRESS…
// Prints what became of its requests as JSON.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: for one attempt, between two, for all attempts of a request, between two requests. */
const [PATIENCE, PAUSE, END, PACE] = [1000, 100, 60_000, 30];

const [host, count, ...addresses] = process.argv.slice(2);
const result = { answered: 0, lost: 0, askedAgain: 0, longestMs: 0 };
let turn = 0;
for (let number = 0; number < Number(count); number++) {
  const begin = Date.now();
  let answered = await attempt();
  while (!answered && Date.now() - begin < END) {
    result.askedAgain++;
    turn++;
    await sleep(PAUSE);
    answered = await attempt();
  }
  if (answered) result.answered++;
  else result.lost++;
  result.longestMs = Math.max(result.longestMs, Date.now() - begin);
  await sleep(PACE);
}
console.log(JSON.stringify(result));

/** Whether the echo answered, over a connection of its own. */
function attempt() {
  return new Promise((resolve) => {
    const options = { host: addresses[turn % addresses.length], path: '/', headers: { host }, agent: false };
    const sent = request({ ...options, timeout: PATIENCE }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.end();
  });
}
