import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings of the whole host that are too small for several machines, and what they need. */
const NEEDED: Readonly<Record<string, number>> = {
  '/proc/sys/fs/inotify/max_user_instances': 8192,
  '/proc/sys/fs/inotify/max_user_watches': 524288,
};

type Settings = Readonly<Record<string, string>>;

/** Raises what is too small, keeps what it was, and says what it did. Labs share one host, so they share the record. */
export function raiseHostSettings(cache: string): readonly string[] {
  const before = readSettings(cache);
  const said: string[] = [];
  for (const [path, needed] of Object.entries(NEEDED)) {
    const now = readFileSync(path, 'utf8').trim();
    if (Number(now) >= needed) continue;
    // First the record: what is raised must never be without one.
    writeFileSync(recordFile(cache), JSON.stringify({ ...readSettings(cache), [path]: before[path] ?? now }));
    writeFileSync(path, String(needed));
    said.push(`${path}: ${now} raised to ${needed} until \`ironkeel lab down\``);
  }
  return said;
}

/** Gives the settings back, when the last lab goes. */
export function restoreHostSettings(cache: string): readonly string[] {
  const before = Object.entries(readSettings(cache));
  for (const [path, value] of before) writeFileSync(path, value);
  rmSync(recordFile(cache), { force: true });
  return before.map(([path, value]) => `${path}: ${value} again`);
}

function recordFile(cache: string): string {
  return join(cache, 'host-settings.json');
}

function readSettings(cache: string): Settings {
  if (!existsSync(recordFile(cache))) return {};
  const text = readFileSync(recordFile(cache), 'utf8');
  return text === '' ? {} : (JSON.parse(text) as Settings);
}
