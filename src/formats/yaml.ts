import { Base64 } from './base64.js';

/**
 * The one YAML encoder: cloud-config documents, kubeconfigs and Kubernetes manifests.
 *
 * It writes block style that YAML 1.1 (PyYAML, go-yaml v2) and YAML 1.2 parsers read alike. A string is
 * written plain only when it cannot be anything but a string in either version.
 */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | Base64
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/**
 * Encodes one document, a line feed at its end. Keys come in insertion order, members that are
 * `undefined` are left out, multi-line texts are literal blocks where those are exact. {@link Base64} is
 * written as it is, between quotes, which spares the search for what needs escaping.
 *
 * @throws TypeError for what YAML cannot hold: a number that is not finite, a function, an `undefined` array
 * item, a key of more than 1,000 characters.
 * @example encodeYaml({ hostname: 'worker1', on: ['12:34'] }) // hostname: worker1\n"on":\n  - "12:34"\n
 */
export function encodeYaml(value: YamlValue): string {
  const out: string[] = [];
  writeNode(out, value, '', 'document');
  return out.join('');
}

/** Encodes several documents as one stream, `---` between them. */
export function encodeYamlDocuments(values: readonly YamlValue[]): string {
  return values.map(encodeYaml).join('---\n');
}

/** What the node stands behind: nothing, `key:`, or `-`. Decides what comes between the two. */
type Place = 'document' | 'key' | 'item';

function writeNode(out: string[], value: YamlValue | undefined, indent: string, place: Place): void {
  if (Array.isArray(value)) {
    if (value.length > 0) writeSequence(out, value, indent, place);
    else out.push(gap(place), '[]\n');
  } else if (typeof value === 'object' && value !== null && !(value instanceof Base64)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length > 0) writeMapping(out, members, indent, place);
    else out.push(gap(place), '{}\n');
  } else {
    out.push(gap(place));
    writeScalar(out, value as YamlValue | undefined, indent);
  }
}

function writeSequence(out: string[], items: readonly YamlValue[], indent: string, place: Place): void {
  let lead = firstLead(place, indent);
  for (const item of items) {
    out.push(lead, '-');
    writeNode(out, item, `${indent}  `, 'item');
    lead = indent;
  }
}

function writeMapping(
  out: string[],
  members: readonly [string, YamlValue | undefined][],
  indent: string,
  place: Place,
): void {
  let lead = firstLead(place, indent);
  for (const [key, member] of members) {
    out.push(lead, encodeKey(key), ':');
    writeNode(out, member, `${indent}  `, 'key');
    lead = indent;
  }
}

// A document repeats few keys many times.
const knownKeys = new Map<string, string>();

function encodeKey(key: string): string {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  if (key.length > 1000) throw new TypeError('a YAML key is limited to 1,000 characters');
  const encoded = isPlain(key) ? key : quote(key);
  if (knownKeys.size < 1000) knownKeys.set(key, encoded);
  return encoded;
}

/** A collection behind `- ` starts on the same line; behind `key:` it starts on the next. */
function firstLead(place: Place, indent: string): string {
  if (place === 'key') return `\n${indent}`;
  return place === 'item' ? ' ' : indent;
}

function gap(place: Place): string {
  return place === 'document' ? '' : ' ';
}

function writeScalar(out: string[], value: YamlValue | undefined, indent: string): void {
  if (typeof value === 'string') writeString(out, value, indent);
  else if (value instanceof Base64) out.push('"', value.text, '"\n');
  else if (typeof value === 'number') out.push(formatNumber(value), '\n');
  else if (typeof value === 'boolean' || value === null) out.push(String(value), '\n');
  else throw new TypeError(`YAML cannot hold a value of type ${typeof value}`);
}

/** YAML 1.1 takes a number with an exponent for a string unless its mantissa holds a dot. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`YAML numbers are finite, this is ${value}`);
  const text = String(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function writeString(out: string[], text: string, indent: string): void {
  if (isPlain(text)) out.push(text, '\n');
  else if (text.includes('\n') && fitsLiteral(text)) writeLiteral(out, text, indent);
  else out.push(quote(text), '\n');
}

// Words that YAML 1.1 or 1.2 resolve to booleans and null; and `e0`, which some 1.1 parsers take for a number.
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
// Begins with a letter, `/` or an option's dashes, so it is no number, timestamp, indicator or marker;
// a colon has text behind it and a space stands alone between two words.
const PLAIN = /^(?:--)?[A-Za-z/][\w/.,+@%=~^-]*(?:(?: |:+)[\w/.,+@=~^(-][\w/.,+@%=~^()-]*)*$/;

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text);
}

// Not printable, or a line break of its own in YAML 1.1 (NEL, LS, PS), or half a surrogate pair.
const UNPRINTABLE = /[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const ESCAPED_IN_QUOTES = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Whether a literal block gives back exactly this text. White space before the first line's text would
 * be taken for indentation, and parsers differ on white space at the end of lines: those are quoted.
 */
function fitsLiteral(text: string): boolean {
  return !/^\s|[ \t](?:\n|$)/.test(text) && !UNPRINTABLE.test(text);
}

function writeLiteral(out: string[], text: string, indent: string): void {
  const body = text.replace(/\n+$/, '');
  const trailing = text.length - body.length;
  const margin = indent === '' ? '  ' : indent;
  const chomping = trailing === 0 ? '-' : trailing === 1 ? '' : '+';
  out.push('|', chomping, '\n', margin, body.replace(/\n(?!\n)/g, `\n${margin}`), '\n'.repeat(Math.max(trailing, 1)));
}

/** A JSON string is a YAML one, once the characters are escaped that JSON allows and YAML does not. */
function quote(text: string): string {
  return JSON.stringify(text).replace(ESCAPED_IN_QUOTES, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
