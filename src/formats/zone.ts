/** One resource record of a zone file; names without the dot at their end. */
export interface ZoneRecord {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  readonly type: string;
  readonly value: string;
}

/**
 * Encodes records as lines of a zone file (RFC 1035, 5.1) as BIND and others read it, in columns. Names are written
 * absolute, so that the lines mean the same under any `$ORIGIN`.
 *
 * @throws TypeError for a name or a value that would not stay one word of its line.
 * @example encodeZone([{ name: 'example.com', ttl: 300, type: 'A', value: '192.0.2.1' }]) // example.com.  300  IN  A  192.0.2.1\n
 */
export function encodeZone(records: readonly ZoneRecord[]): string {
  const width = Math.max(0, ...records.map(({ name }) => name.length + 1));
  return records
    .map(({ name, ttl, type, value }) => `${`${word(name)}.`.padEnd(width)}  ${ttl}  IN  ${type}  ${word(value)}\n`)
    .join('');
}

/** Space, quotes, parentheses, semicolons, `@` and `\` mean something in a zone file. */
function word(text: string): string {
  if (!/^[\w.*:-]+$/.test(text)) throw new TypeError(`not a word of a zone file: ${JSON.stringify(text)}`);
  return text;
}
