/** One section: the words of its head, then of each line. */
export interface HaproxySection {
  readonly head: readonly string[];
  readonly lines: readonly (readonly (string | number)[])[];
}

/**
 * Encodes a configuration of HAProxy, an empty line between sections. Words that its parser would split or
 * interpret are quoted. Source: HAProxy configuration manual, 2.2 "Quoting and escaping".
 *
 * @throws TypeError for a word with a line feed or another control character.
 * @example encodeHaproxy([{ head: ['defaults'], lines: [['mode', 'tcp']] }]) // defaults\n  mode tcp\n
 */
export function encodeHaproxy(sections: readonly HaproxySection[]): string {
  return sections
    .map(({ head, lines }) => `${line(head)}${lines.map((words) => `  ${line(words)}`).join('')}`)
    .join('\n');
}

function line(words: readonly (string | number)[]): string {
  return `${words.map((word) => quote(String(word))).join(' ')}\n`;
}

function quote(word: string): string {
  if (/\p{Cc}/u.test(word)) throw new TypeError(`not a word of a HAProxy configuration: ${JSON.stringify(word)}`);
  return /^[\w./:,()@%+=*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
