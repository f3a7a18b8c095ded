/** A directive of a Corefile: its words, and what stands in its braces. */
export interface Directive {
  readonly words: readonly string[];
  readonly block?: readonly Directive[];
}

/** Directive from a line of words, with the lines in its braces. */
export function directive(line: string, block?: readonly Directive[]): Directive {
  const words = line.split(' ');
  return block === undefined ? { words } : { words, block };
}

/**
 * Encodes CoreDNS' configuration: one directive a line, blocks indented. Source: coredns.io/manual/configuration.
 * @throws TypeError for a word that would end the line or the block.
 */
export function encodeCorefile(directives: readonly Directive[], indent = ''): string {
  return directives.map((each) => encodeDirective(each, indent)).join('');
}

function encodeDirective({ words, block }: Directive, indent: string): string {
  const unfit = words.find((word) => !/^[^\s{}"#]+$/.test(word));
  if (unfit !== undefined) throw new TypeError(`a Corefile has no such word: ${JSON.stringify(unfit)}`);
  const line = `${indent}${words.join(' ')}`;
  if (block === undefined) return `${line}\n`;
  return `${line} {\n${encodeCorefile(block, `${indent}    `)}${indent}}\n`;
}
