// Runs programs and measures them from outside: wall time, peak memory, the bytes they leave.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEAK = fileURLToPath(new URL('./peak.mjs', import.meta.url));

/** Runs a program to its end; throws when it fails. Seconds of wall time. */
export function time(command, args, options = {}) {
  const start = process.hrtime.bigint();
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error || status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}:\n${stdout}${stderr}`);
  }
  return seconds;
}

/** Runs a Node program in a process of its own; seconds of wall and of processor time, peak resident MB. */
export function timeNode(args, options = {}) {
  const report = join(options.cwd ?? '.', '.peak');
  const env = { ...process.env, ...options.env, IRONKEEL_BENCH_PEAK: report };
  const seconds = time(process.execPath, ['--import', PEAK, ...args], { ...options, env });
  const { maxRSS, cpu } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  return { seconds, cpuSeconds: cpu / 1e6, megabytes: maxRSS / 1024 };
}

/** Size and one digest of all files below a folder: paths, modes and bytes. */
export function digestTree(folder) {
  const hash = createHash('sha256');
  let bytes = 0;
  let files = 0;
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const content = readFileSync(path);
    hash.update(`${relative(folder, path)} ${statSync(path).mode} ${content.length}\n`).update(content);
    bytes += content.length;
    files += 1;
  }
  return { digest: hash.digest('hex'), bytes, files };
}

/** The middle of several runs: one slow run on a shared machine does not move it. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Whether a program is on the PATH. */
export function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Prints rows below their heads, each column as wide as its widest cell. */
export function printTable(head, rows) {
  const table = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log();
}
