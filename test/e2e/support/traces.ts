import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Whatever of a lab is on this host: processes, mounts, namespaces, links, loop devices, control groups, files.
 *
 * @param words names and folders that nothing but the lab has in its own.
 */
export function tracesOf(folder: string, words: readonly string[]): string[] {
  const ours = (line: string) => words.some((word) => line.includes(word));
  const lines = (program: string, ...args: readonly string[]) =>
    spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n').filter(ours);
  return [
    ...processes().filter(ours),
    ...readFileSync('/proc/mounts', 'utf8').split('\n').filter(ours),
    ...lines('ip', 'netns', 'list'),
    ...lines('ip', '-oneline', 'link', 'show'),
    ...lines('losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE'),
    ...lines('find', '/sys/fs/cgroup', '-type', 'd'),
    ...(existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []),
    ...(existsSync(`${folder}.lock`) ? [`${folder}.lock`] : []),
  ];
}

/** Each with its words, its folder, and its control groups; not those of this test, nor those that ended. */
function processes(): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return ids.flatMap((id) => {
    try {
      const words = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (words === '') return [];
      const groups = readFileSync(`/proc/${id}/cgroup`, 'utf8').replaceAll('\n', ' ');
      return [`process ${id}: ${words} in ${readlinkSync(`/proc/${id}/cwd`)}, ${groups}`];
    } catch {
      return [];
    }
  });
}
