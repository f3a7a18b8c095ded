import { encodeIni, type IniSections } from './ini.js';

/**
 * Encodes a unit file, a drop-in, or networkd's `.network`, `.netdev` and `.link` files (systemd.syntax(7)).
 * A list repeats its key, an empty text resets the key, booleans are `yes` and `no`; a list of sections
 * repeats the section, as `[Route]` may be.
 *
 * @throws TypeError for a name or value that would change the file's structure, such as one with a line feed.
 * @example encodeUnit({ Service: { ExecStart: ['', '/bin/true'] } }) // [Service]\nExecStart=\nExecStart=/bin/true\n
 */
export function encodeUnit(sections: IniSections): string {
  return encodeIni(sections, { yes: 'yes', no: 'no', value: unitValue });
}

function unitValue(value: string): string {
  if (value.endsWith('\\'))
    throw new TypeError('a unit value may not end with a backslash, it would continue the line');
  return value;
}

/**
 * The values of `Environment=`, one assignment each (systemd.exec(5)): quoted, and with the specifiers'
 * `%` doubled.
 */
export function unitEnvironment(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => {
    const escaped = checkedValue(name, value).replace(/["\\]/g, '\\$&').replace(/%/g, '%%');
    return `"${name}=${escaped}"`;
  });
}

/** An `EnvironmentFile=`: assignments in double quotes that systemd and a POSIX shell read alike. */
export function encodeEnvironmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${checkedValue(name, value).replace(/["\\$`]/g, '\\$&')}"\n`)
    .join('');
}

function checkedValue(name: string, value: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`not the name of an environment variable: ${name}`);
  if (/[\0\r\n]/.test(value)) throw new TypeError(`the environment variable ${name} has several lines`);
  return value;
}
