import { payloadIntact } from '../plan/index.js';

/** Outputs that people edit by hand, as the guide tells them to; every other output is derived. */
const EDITABLE = new Map<string, (text: string) => boolean>([
  ['user_data', payloadIntact],
  ['config.ign', payloadIntact],
  ['meta_data.json', isJson],
  ['network_data.json', isJson],
  ['install.sh', (text) => text.startsWith('#!')],
]);

/** Whether people edit this output: by its name, since the path before it is the machine's. */
export function isEditable(path: string): boolean {
  return EDITABLE.has(nameOf(path));
}

/**
 * Whether the content of an editable output can be what somebody made of it with an editor: a text of its own
 * format whose machine-made parts are whole. Anything else is damage.
 */
export function isPlausibleEdit(path: string, content: Uint8Array): boolean {
  const text = decode(content);
  return text !== undefined && (EDITABLE.get(nameOf(path))?.(text) ?? false);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Control characters other than line ends and tabs are in no text that an editor saves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what this looks for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function decode(content: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
