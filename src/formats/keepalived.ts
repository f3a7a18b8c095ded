/** A text or a number, or what a variable holds that is defined in front of the configuration. */
export type KeepalivedWord = string | number | { readonly variable: string };

/** A line of words, or a head with a block of lines. */
export type KeepalivedLine = readonly KeepalivedWord[] | KeepalivedBlock;

export interface KeepalivedBlock {
  readonly head: readonly string[];
  readonly lines: readonly KeepalivedLine[];
}

/**
 * Encodes a configuration of keepalived. Words that its parser would split are quoted; those that it would
 * interpret are refused, since it knows no escapes. Source: keepalived.conf(5).
 *
 * @throws TypeError for a word with a control character, a quote, or one that begins a comment, a directive or a variable.
 * @example encodeKeepalived([{ head: ['global_defs'], lines: [['router_id', 'edge']] }])
 */
export function encodeKeepalived(blocks: readonly KeepalivedBlock[]): string {
  return blocks.map((block) => encode(block, '')).join('\n');
}

function encode(line: KeepalivedLine, indent: string): string {
  if (!('head' in line)) return `${indent}${join(line)}\n`;
  return `${indent}${join(line.head)} {\n${line.lines.map((each) => encode(each, `${indent}  `)).join('')}${indent}}\n`;
}

function join(words: readonly KeepalivedWord[]): string {
  return words.map((word) => (typeof word === 'object' ? variable(word.variable) : quote(String(word)))).join(' ');
}

function variable(name: string): string {
  if (/^[A-Z]+$/.test(name)) return `$${name}`;
  throw new TypeError(`not a name of a variable: ${name}`);
}

function quote(word: string): string {
  if (word === '' || /[\p{Cc}"'!#$@~{}]/u.test(word)) {
    throw new TypeError(`not a word of a keepalived configuration: ${JSON.stringify(word)}`);
  }
  return word.includes(' ') ? `"${word}"` : word;
}
