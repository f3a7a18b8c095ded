import type { Base64 } from './base64.js';

/** Bytes inside a document, as a data URL (RFC 2397) without a media type. */
export class DataUrl {
  constructor(readonly content: Base64) {}
}

export type JsonValue =
  | string
  | number
  | boolean
  | DataUrl
  | undefined
  | readonly JsonValue[]
  /** The keys are a specification's: letters and digits. */
  | { readonly [key: string]: JsonValue };

/**
 * Encodes JSON without white space, members that are `undefined` left out. Beside `JSON.stringify` it knows
 * {@link DataUrl}, which needs no search for what to escape: the payload is nearly all of a document.
 */
export function encodeJson(value: JsonValue): string {
  if (value instanceof DataUrl) return `"data:;base64,${value.content.text}"`;
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (typeof value === 'object') return encodeObject(value as { readonly [key: string]: JsonValue });
  return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
}

function encodeObject(members: { readonly [key: string]: JsonValue }): string {
  let text = '';
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member !== undefined) text += `${text === '' ? '"' : ',"'}${key}":${encodeJson(member)}`;
  }
  return `{${text}}`;
}
