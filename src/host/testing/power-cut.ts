import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Programs that change the disk: a script under test changes it through these (and through redirections). */
const MUTATING = ['chmod', 'chown', 'cp', 'install', 'ln', 'mkdir', 'mv', 'rm', 'rmdir', 'sync', 'tar'];

/**
 * Stand-ins for {@link MUTATING} in `folder`, to be first in PATH. They count their calls and at the n-th kill
 * the script's whole process group before the call has begun; with `torn`, a copy or an extraction has left
 * half of a file. They also note which files have reached the disk, for {@link losePower}.
 */
export function cutAt(folder: string, root: string, n: number, torn: boolean): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'calls'), '0\n');
  for (const name of MUTATING) writeFileSync(join(folder, name), standIn(folder, root, name, n, torn), { mode: 0o755 });
}

/** Mutating calls made so far. */
export function callsOf(folder: string): number {
  return Number(readFileSync(join(folder, 'calls'), 'utf8'));
}

/**
 * What a power cut does besides stopping programs: `/run` is gone, and files newer than the file `mark` that
 * were never synced are empty, whatever name they have by now. Renames are kept: the harshest order that a
 * journaling file system allows.
 */
export function losePower(folder: string, root: string, mark: string): void {
  rmSync(join(root, 'run'), { recursive: true, force: true });
  const since = statSync(mark).mtimeMs;
  const log = join(folder, 'synced');
  const synced = new Set(existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { ino, mtimeMs, size } = statSync(path);
    if (mtimeMs >= since && size > 0 && !synced.has(`${ino} ${size}`)) truncateSync(path);
  }
}

function standIn(folder: string, root: string, name: string, n: number, torn: boolean): string {
  return `#!/bin/bash
PATH=\${PATH#${folder}:}
read -r calls <${folder}/calls
printf '%s\\n' $((calls + 1)) >${folder}/calls
if ((calls + 1 == ${n})); then
  ${torn ? tear(name) : ''}
  kill -9 0
fi
${name === 'sync' ? noteSynced(folder, root) : ''}
${name === 'sync' ? 'exit 0' : `exec ${name} "$@"`}
`;
}

/** Leaves behind what an interrupted copy or extraction leaves. */
function tear(name: string): string {
  if (name === 'cp' || name === 'install')
    return `from="\${@: -2:1}" to="\${@: -1}"; head -c $(($(stat -c %s "$from") / 2)) "$from" >"$to"`;
  if (name !== 'tar') return '';
  return 'tar "$@"; while [[ $# -gt 1 && $1 != -C ]]; do shift; done; find "$2" -type f -exec truncate -s 3 {} \\; -quit';
}

/**
 * `sync FILE` flushes the file, `sync -f` a file system; as strictly as a machine can be laid out, each folder at
 * the top of the root counts as one of its own.
 */
function noteSynced(folder: string, root: string): string {
  return `for path; do
  [[ $path != -* ]] || continue
  below=\${path#${root}/}
  if [[ $1 == -f ]]; then find ${root}/\${below%%/*} -type f -printf '%i %s\\n'; else stat -c '%i %s' -- "$path"; fi
done >>${folder}/synced`;
}

/**
 * Runs a check for every cut from 1 to `calls`, some at a time: a script is mostly the starting of programs, and
 * one after the other would leave the processors idle.
 */
export async function atEveryCut(calls: number, check: (n: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1).values();
  const worker = async () => {
    for (const n of numbers) await check(n);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}
