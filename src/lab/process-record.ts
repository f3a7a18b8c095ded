import { readFileSync, rmSync } from 'node:fs';

/** One process: its id, and its start in ticks since the host's boot, which no later process of that id shares. */
export interface ProcessRecord {
  readonly pid: number;
  readonly start: string;
}

/** Reads what `assets/service.sh` wrote; undefined when there is nothing whole. */
export function parseRecord(text: string): ProcessRecord | undefined {
  const match = /^(\d+) (\d+)\n?$/.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), start: match[2] ?? '' };
}

/** The start in a text of proc_pid_stat(5), its field 22. The second field is a name in brackets and may hold anything. */
export function startOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** The recorded process while it lives; a zombie does not. */
export function livingProcess(record: string): ProcessRecord | undefined {
  const found = parseRecord(readText(record));
  if (found === undefined) return undefined;
  const stat = readText(`/proc/${found.pid}/stat`);
  const alive = stat !== '' && startOf(stat) === found.start && !/\) Z /.test(stat);
  return alive ? found : undefined;
}

/** This process, in the form of a record's file. */
export function ownRecord(): string {
  return `${process.pid} ${startOf(readText('/proc/self/stat'))}\n`;
}

/** Ends the recorded process, if it is still that one, and forgets it. */
export function endProcess(record: string, signal: NodeJS.Signals = 'SIGKILL'): void {
  const found = livingProcess(record);
  if (found !== undefined) signalProcess(found.pid, signal);
  rmSync(record, { force: true });
}

/** Sends a signal; that the process is gone already is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
