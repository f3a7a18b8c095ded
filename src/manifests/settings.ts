import type { YamlValue } from '../formats/yaml.js';

/** Flags that switch single things: the user's are added to ours instead of replacing them. */
const LISTS = ['enable-admission-plugins', 'feature-gates'];

/**
 * A component's command line, its flags sorted: ours, with the user's in place of those of the same name.
 *
 * @param flags by name, without dashes
 */
export function commandLine(
  program: string,
  flags: Readonly<Record<string, string | number | boolean | undefined>>,
  own: Readonly<Record<string, string>>,
): string[] {
  const merged: Record<string, unknown> = { ...flags };
  for (const [name, value] of Object.entries(own)) {
    const ours = flags[name];
    merged[name] = LISTS.includes(name) && ours !== undefined ? `${ours},${value}` : value;
  }
  const names = Object.keys(merged).filter((name) => merged[name] !== undefined);
  return [program, ...names.sort().map((name) => `--${name}=${merged[name]}`)];
}

type Settings = { readonly [key: string]: YamlValue | undefined };

/** Configuration with the user's fields over ours: objects are merged field by field, anything else is replaced. */
export function mergeSettings(ours: Settings, own: Readonly<Record<string, unknown>>): Settings {
  const merged: Record<string, YamlValue | undefined> = { ...ours };
  for (const [key, value] of Object.entries(own)) {
    const mine = merged[key];
    merged[key] = isSettings(mine) && isSettings(value) ? mergeSettings(mine, value) : (value as YamlValue);
  }
  return merged;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
