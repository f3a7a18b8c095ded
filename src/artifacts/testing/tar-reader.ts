/** A member of a tar archive, as a test reads it. */
export interface ReadMember {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly seconds: number;
  readonly content: Buffer;
}

/** A reader of ustar with pax paths for tests, written from the standard and sharing nothing with the writer. */
export function readTar(archive: Buffer): ReadMember[] {
  const members: ReadMember[] = [];
  let paxPath: string | undefined;
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + 512);
    checkHeader(header);
    const size = octal(header, 124, 12);
    const content = archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (text(header, 156, 1) === 'x') {
      paxPath = /^\d+ path=([^\n]*)\n$/.exec(content.toString('utf8'))?.[1];
      if (Number.parseInt(content.toString('latin1'), 10) !== content.length) throw new Error('wrong pax length');
      continue;
    }
    const prefix = text(header, 345, 155);
    const path = paxPath ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
    const [mode, uid, gid] = [octal(header, 100, 8), octal(header, 108, 8), octal(header, 116, 8)];
    members.push({ path, mode, uid, gid, seconds: octal(header, 136, 12), content });
    paxPath = undefined;
  }
  return members;
}

function checkHeader(header: Buffer): void {
  if (header.toString('latin1', 257, 265) !== 'ustar\x0000') throw new Error('no ustar header');
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== octal(header, 148, 8)) throw new Error('wrong checksum');
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '');
}

function octal(header: Buffer, at: number, length: number): number {
  return Number.parseInt(text(header, at, length), 8);
}
