/** One DER element inside a larger buffer. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length included. */
  readonly raw: Buffer;
}

/**
 * The elements that follow each other in `bytes`.
 *
 * @throws RangeError when an element reaches past the end.
 */
export function readElements(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const { start, length } = readLength(bytes, offset + 1);
    const end = start + length;
    if (end > bytes.length) throw new RangeError('a DER element is cut off');
    elements.push({
      tag: bytes.readUInt8(offset),
      content: bytes.subarray(start, end),
      raw: bytes.subarray(offset, end),
    });
    offset = end;
  }
  return elements;
}

function readLength(bytes: Buffer, offset: number): { start: number; length: number } {
  const first = bytes.readUInt8(offset);
  if (first < 0x80) return { start: offset + 1, length: first };
  const octets = first & 0x7f;
  return { start: offset + 1 + octets, length: bytes.readUIntBE(offset + 1, octets) };
}

/** Time of a validity in milliseconds since 1970. */
export function readTime({ tag, content }: Element): number {
  const digits = content.toString('latin1');
  const century = tag === 0x18 ? '' : digits < '50' ? '20' : '19';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + digits) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
