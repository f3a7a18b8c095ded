// `npm run bench -- [--full] [--assert] [--lab] [--edge]`: Ironkeel against the guide's shell way, on one machine in one run.
//   --full    runs the shell way for 1,000 machines too, instead of extrapolating from 100
//   --assert  exits 1 when a bar is missed (figures depend on the machine, so not by default)
//   --edge    also asks an edge in the lab as fast as it answers, beside a bare nginx: needs wrk besides
//   --lab     also brings four machines up in the lab, with Ironkeel and with kubeadm: needs root and some minutes
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchBringUp } from './bring-up.mjs';
import { benchEdge } from './edge.mjs';
import { digestTree, isInstalled, median, printTable, time, timeNode } from './measure.mjs';

const CLI = fileURLToPath(new URL('../bin/ironkeel.js', import.meta.url));
const SHELL_WAY = fileURLToPath(new URL('./shell-way.sh', import.meta.url));
const SIZES = [4, 100, 1000];
const HELP_RUNS = 15;
const SHELL_TOOLS = { openssl: 'openssl', genisoimage: 'genisoimage' };

const flags = new Set(process.argv.slice(2));
const bars = [];
const scratch = mkdtempSync(join(tmpdir(), 'ironkeel-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const cores = availableParallelism();
console.log(`node ${process.version}, ${cores} cores, EC P-256, load ${loadavg()[0].toFixed(1)} at the start`);
if (loadavg()[0] > cores / 2)
  console.log('the machine is busy with other work: take times as ratios, or run again when it is quiet');
console.log();
const ours = new Map(SIZES.map((size) => [size, benchBuild(size)]));
const theirs = benchShell();
printBuilds();
benchHelp();
judge();
if (flags.has('--lab')) await benchBringUp();
if (flags.has('--edge')) await benchEdge();

/** One cold `ironkeel build`, then an unchanged one, each in a process of its own. */
function benchBuild(size) {
  const folder = join(scratch, `ironkeel-${size}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'cluster.yaml'), inventory(size));
  const cold = timeNode([CLI, 'build'], { cwd: folder });
  const first = digestTree(folder);
  const rerun = timeNode([CLI, 'build'], { cwd: folder });
  const same = digestTree(folder).digest === first.digest;
  rmSync(folder, { recursive: true });
  return { cold, rerun, same, bytes: first.bytes, files: first.files };
}

/** Three controllers, the rest workers; 1,000 machines need more than the default pod range. */
function inventory(size) {
  const machines = Array.from({ length: size }, (_, index) => {
    const role = index < (size < 100 ? 1 : 3) ? ', role: controller' : '';
    return `  - {name: machine${index}, ip: 10.10.${Math.floor(index / 250)}.${(index % 250) + 1}${role}}`;
  });
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f bench';
  return `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: bench
sshKeys: ["${key}"]
network: {pods: 10.128.0.0/10}
machines:
${machines.join('\n')}
`;
}

/** Seconds of the guide's way by machine count; a missing tool is named and the comparison left out. */
function benchShell() {
  const seconds = new Map();
  const missing = Object.keys(SHELL_TOOLS).filter((tool) => !isInstalled(tool));
  if (missing.length > 0) {
    const packages = missing.map((tool) => SHELL_TOOLS[tool]).join(' ');
    console.log(
      `skipped: the comparison with the shell way needs ${missing.join(' and ')} (apt-get install ${packages})\n`,
    );
    return seconds;
  }
  for (const size of flags.has('--full') ? SIZES : SIZES.slice(0, 2)) {
    const folder = join(scratch, `shell-${size}`);
    seconds.set(size, time('bash', [SHELL_WAY, folder, String(size)]));
    rmSync(folder, { recursive: true });
  }
  return seconds;
}

function printBuilds() {
  const rows = SIZES.map((size) => {
    const { cold, rerun, bytes, files } = ours.get(size);
    const measured = theirs.get(size);
    const shell = measured ?? (theirs.has(100) ? (theirs.get(100) * size) / 100 : undefined);
    return [
      size,
      `${cold.seconds.toFixed(2)} s (CPU ${cold.cpuSeconds.toFixed(2)} s)`,
      `${cold.megabytes.toFixed(0)} MB`,
      `${rerun.seconds.toFixed(2)} s`,
      `${(bytes / 1e6).toFixed(1)} MB in ${files}`,
      shell === undefined ? '–' : `${shell.toFixed(1)} s${measured === undefined ? ' (extrapolated from 100)' : ''}`,
      shell === undefined ? '–' : `${(shell / cold.seconds).toFixed(0)}×`,
    ];
  });
  printTable(['machines', 'build', 'peak', 'unchanged rerun', 'output', "the guide's shell way", 'ratio'], rows);
}

/** Start-up alone: `ironkeel --help` and a bare Node in turns, so that both meet the same load. */
function benchHelp() {
  const help = [];
  const bare = [];
  for (let run = 0; run < HELP_RUNS; run += 1) {
    bare.push(time(process.execPath, ['-e', '0']));
    help.push(time(process.execPath, [CLI, '--help']));
  }
  const ratio = median(help) / median(bare);
  const milliseconds = (list) => `${(median(list) * 1000).toFixed(0)} ms`;
  console.log(`ironkeel --help ${milliseconds(help)}, node -e 0 ${milliseconds(bare)} (medians of ${HELP_RUNS})\n`);
  bars.push(['ironkeel --help / node -e 0', ratio, 1.3, '×']);
}

function judge() {
  const large = ours.get(1000);
  bars.unshift(
    ['1,000 machines, build', large.cold.seconds, 5, ' s'],
    ['1,000 machines, peak memory', large.cold.megabytes, 300, ' MB'],
    ['1,000 machines, unchanged rerun', large.rerun.seconds, 1, ' s'],
  );
  const rows = bars.map(([name, value, bar, unit]) => [
    name,
    `${value.toFixed(2)}${unit}`,
    `≤ ${bar}${unit}`,
    verdict(value <= bar),
  ]);
  if (theirs.has(100)) {
    const ratio = theirs.get(100) / ours.get(100).cold.seconds;
    rows.push(['100 machines, times the shell way', `${ratio.toFixed(1)}×`, '≥ 20×', verdict(ratio >= 20)]);
  }
  const same = SIZES.every((size) => ours.get(size).same);
  rows.push(['unchanged rerun, byte for byte', same ? 'the same' : 'differs', 'the same', verdict(same)]);
  printTable(['bar', 'measured', 'wanted', ''], rows);
  if (flags.has('--assert') && rows.some((row) => row.at(-1) === 'missed')) process.exitCode = 1;
}

function verdict(met) {
  return met ? 'met' : 'missed';
}
