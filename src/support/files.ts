/** A file to be written: POSIX path without a leading slash, permission bits, bytes. */
export interface FileEntry {
  readonly path: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** Files in the order they are to be written; the paths are unique and relative, `/` is the separator. */
export type FileTree = readonly FileEntry[];

const utf8 = new TextEncoder();

/** A text as a file of a {@link FileTree}. */
export function textFile(path: string, text: string, mode = 0o644): FileEntry {
  return { path, mode, content: utf8.encode(text) };
}
