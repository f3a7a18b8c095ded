// Requests a second and their slowest hundredth, through the edge of the guide's cluster and to a bare nginx on the same
// machine, asked in turns from the lab's public segment. The pod is the same for all: nginx with a page of a kilobyte, on
// the edge itself. Needs root, Go, wrk and some minutes: `npm run bench -- --edge`, or by itself
//   node bench/edge.mjs [--rounds=N] [--seconds=N]
import { appendFileSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { component, place, withLab } from './bring-up/lab.mjs';
import { BARE_PORT, HOST, IMAGE, objects, PROXY_PORT } from './edge/objects.mjs';
import { isInstalled, median, printTable } from './measure.mjs';

const EDGE = '123.234.234.123';
const KUBECTL = ['kubernetes', 'kubectl'];
const CONNECTIONS = 32;
const WAYS = [
  { name: 'a bare nginx', url: `http://${EDGE}:${BARE_PORT}/` },
  { name: 'the same behind an nginx', url: `http://${EDGE}:${PROXY_PORT}/` },
  { name: 'the edge, HTTP', url: `http://${EDGE}/` },
];

/** Brings the cluster up in the lab, asks, and prints. */
export async function benchEdge({ rounds = 3, seconds = 10 } = {}) {
  if (!isInstalled('wrk')) throw new Error('the edge is asked by wrk, which is not here: apt-get install wrk');
  await withLab((lab) => {
    console.log("bringing the guide's machines up in the lab");
    bringUp(lab);
    const runs = WAYS.map(() => []);
    for (const way of WAYS) ask(lab, way, 2);
    const load = loadavg()[0];
    for (let round = 0; round < rounds; round += 1)
      for (const [number, way] of WAYS.entries()) runs[number].push(ask(lab, way, seconds));
    print(runs, { rounds, seconds, load });
  });
}

function bringUp(lab) {
  lab.prepare((folder) => {
    const { images } = JSON.parse(readFileSync(join(lab.bundle, 'bundle.json'), 'utf8'));
    const { archive: source, sha256 } = images.find(({ name }) => name === IMAGE);
    const preload = [{ source, sha256, roles: ['edge'] }];
    appendFileSync(join(folder, 'cluster.yaml'), `images: ${JSON.stringify({ preload })}\n`);
  });
  lab.ironkeel('lab', 'up', '--install', '--bundle', lab.bundle);
  inLan(
    lab,
    process.execPath,
    lab.cli,
    '-C',
    lab.folder,
    'wait',
    '--timeout',
    '10m',
    '--identity',
    join(lab.home, 'id'),
  );
  const file = join(lab.home, 'objects.json');
  place(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }));
  kubectl(lab, 'apply', '-f', file);
  kubectl(lab, 'rollout', 'status', '--namespace=web', 'daemonset/web', '--timeout=120s');
  for (const { url } of WAYS) {
    const patience = ['--retry', '60', '--retry-delay', '1', '--retry-all-errors', '--max-time', '5'];
    inClient(lab, 'curl', '--silent', '--fail', '-o', '/dev/null', ...patience, '-H', `Host: ${HOST}`, url);
  }
}

/** One run of wrk: requests a second, and the milliseconds that 99 of 100 requests are within. */
function ask(lab, { url }, seconds) {
  const how = ['-t2', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', '-H', `Host: ${HOST}`];
  const said = inClient(lab, 'wrk', ...how, url);
  if (/Non-2xx|Socket errors/.test(said)) throw new Error(`wrk ${url}:\n${said}`);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(said);
  const [, slowest, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(said);
  return { rate: Number(rate), p99: Number(slowest) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}

function print(runs, { rounds, seconds, load }) {
  console.log(
    `\n${CONNECTIONS} connections, ${rounds} runs of ${seconds} s each, medians; load ${load.toFixed(1)} before`,
  );
  const figures = runs.map((of) => ({
    rate: median(of.map(({ rate }) => rate)),
    p99: median(of.map(({ p99 }) => p99)),
  }));
  const [bare] = figures;
  const rows = figures.map(({ rate, p99 }, number) => [
    WAYS[number].name,
    rate.toFixed(0),
    `${(rate / bare.rate).toFixed(2)}×`,
    `${p99.toFixed(1)} ms`,
    `${(p99 / bare.p99).toFixed(2)}×`,
  ]);
  printTable(['from the public segment to', 'requests/s', 'of bare', 'p99', 'of bare'], rows);
}

function kubectl(lab, ...args) {
  return inLan(lab, component(...KUBECTL), ...args);
}

function inLan(lab, ...command) {
  return lab.ironkeel('lab', 'exec', 'lan', '--', ...command);
}

function inClient(lab, ...command) {
  return lab.ironkeel('lab', 'exec', 'client', '--', ...command);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = process.argv.slice(2).map((word) => word.replace(/^--/, '').split('='));
  await benchEdge(Object.fromEntries(options.map(([name, value]) => [name, Number(value)])));
}
