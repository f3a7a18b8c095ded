import { encodeIni, type IniSections } from './ini.js';

/**
 * Encodes a NetworkManager connection or configuration in GLib's keyfile dialect (nm-settings-keyfile(5)):
 * lists end each item with `;`, booleans are `true` and `false`. NetworkManager ignores a connection that
 * others than root can read: mode 0600.
 *
 * @throws TypeError for a value with a line feed.
 */
export function encodeKeyfile(sections: IniSections): string {
  return encodeIni(sections, { yes: 'true', no: 'false', value: escapeValue, list: joinItems });
}

function joinItems(items: readonly string[]): string {
  return items.map((item) => `${escapeValue(item).replace(/;/g, '\\;')};`).join('');
}

function escapeValue(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/^ /, '\\s').replace(/\t/g, '\\t');
}
