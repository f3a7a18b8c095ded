// Seconds from power-on to a cluster, for the guide's four machines in the lab: Ironkeel beside kubeadm, with the same
// machines, programs and images, all of which are on the disks before the power comes. Also after a power cut, and the
// memory of a worker's system. Needs root, Go and some minutes: `npm run bench -- --lab`, or by itself
//   node bench/bring-up.mjs [--rounds=N] [--only=ironkeel|kubeadm] [--journals=FOLDER]
// --rounds takes medians of N runs each, in turns; --journals keeps the machines' journals of each run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ironkeel } from './bring-up/ironkeel.mjs';
import { MACHINES, WORKERS, withLab } from './bring-up/lab.mjs';
import { workerMemory } from './bring-up/memory.mjs';
import { printBringUp } from './bring-up/print.mjs';
import { kubeadm } from './kubeadm/way.mjs';

/** What starts after all is Ready has started by then. */
const SETTLE = 30_000;

/** Runs the comparison and prints it. */
export async function benchBringUp({ rounds = 1, only, journals } = {}) {
  const ways = [ironkeel, kubeadm].filter(({ name }) => only === undefined || name.toLowerCase() === only);
  await withLab(async (lab) => {
    console.log('preloading four machines in the lab');
    lab.prepare();
    lab.preload();
    const runs = Object.fromEntries(ways.map(({ name }) => [name, []]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const way of ways) {
        const folder = journals && join(journals, `${way.name}-${round}`);
        runs[way.name].push(await run(lab, way, folder));
      }
    }
    printBringUp(runs);
  });
}

async function run(lab, way, journals) {
  way.prepare(lab);
  lab.settle();
  const load = loadavg()[0];
  console.log(`${way.name}: load ${load.toFixed(1)} before the power comes`);
  try {
    const first = await bringUp(lab, way);
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    const memory = workerMemory(lab, WORKERS[0]);
    keepJournals(lab, journals, 'first');
    const again = await afterPowerCut(lab, way, first.bootIds);
    keepJournals(lab, journals, 'again');
    return { load, ...first, again, memory };
  } finally {
    lab.powerOff();
  }
}

/** Seconds since the power came, by step. */
async function bringUp(lab, way) {
  const start = Date.now();
  lab.powerOn();
  const [seen, did] = await Promise.all([lab.poll(way.kubeconfig(lab), { dns: true }), way.bringUp(lab)]);
  const { api, allRegistered, allReady, dns, bootIds, ready } = seen;
  const moments = { ...way.steps(lab), ...did, api, allRegistered, allReady, dns };
  const seconds = Object.fromEntries(Object.entries(moments).map(([step, at]) => [step, (at - start) / 1000]));
  const nodes = Object.fromEntries(Object.entries(ready).map(([name, at]) => [name, (at - start) / 1000]));
  return { ...seconds, nodes, bootIds, done: Math.max(seconds.allReady, seconds.dns) };
}

async function afterPowerCut(lab, way, oldBoots) {
  lab.powerOff();
  const start = Date.now();
  lab.powerOn();
  const { api, allReady } = await lab.poll(way.kubeconfig(lab), { oldBoots });
  return { api: (api - start) / 1000, allReady: (allReady - start) / 1000 };
}

function keepJournals(lab, folder, when) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const machine of MACHINES) {
    const journal = lab.on(machine, 'journalctl', '-b', '-o', 'short-precise', '--no-hostname');
    writeFileSync(join(folder, `${machine.name}-${when}.journal`), journal);
    const pods = lab.on(machine, 'sh', '-c', 'crictl ps -a -o json 2>/dev/null; crictl pods -o json 2>/dev/null');
    writeFileSync(join(folder, `${machine.name}-${when}.containers`), pods);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = process.argv.slice(2).map((word) => word.replace(/^--/, '').split('='));
  const { rounds = '1', ...others } = Object.fromEntries(options);
  await benchBringUp({ rounds: Number(rounds), ...others });
}
