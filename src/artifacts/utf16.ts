/** Whether a text has no lone surrogate, which no encoding can write. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The longest start of a text that has at most `units` UTF-16 code units and splits no surrogate pair. */
export function truncateUtf16(text: string, units: number): string {
  if (text.length <= units) return text;
  const cut = text.slice(0, units);
  return isWellFormed(cut) ? cut : cut.slice(0, -1);
}

/**
 * The form in which FAT and Joliet readers compare names: each character in upper case where that is a single
 * code unit. A letter outside ASCII never folds into it, as in the tables of Windows.
 */
export function foldCase(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toUpperCase();
  let folded = '';
  for (const character of text) {
    const upper = character.toUpperCase();
    const keeps = upper.length !== character.length || (character > '\x7f' && upper <= '\x7f');
    folded += keeps ? character : upper;
  }
  return folded;
}
